// Numbers of an open file, straight into a tensor's memory, by all cores: packages/policy/src/load/read-natively.ts. Read, not mapped: where a
// file is cut short under a mapping, the process dies.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "op.h"
#include "parallel.h"

namespace {

constexpr int64_t chunk = 65536;  // numbers that are read, and looked at while they are in the cache
enum Stored : int32_t { float32, float16, bfloat16 };

bool read_all(int descriptor, int64_t position, void* memory, size_t bytes) {
  auto* to = static_cast<char*>(memory);
  while (bytes > 0) {
    const ssize_t count = pread(descriptor, to, bytes, static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    position += count;
    bytes -= static_cast<size_t>(count);
  }
  return true;
}

float float_of(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/** Exact; a fraction below 2⁻¹⁴ is a multiple of 2⁻²⁴. */
void widen_float16(const uint16_t* halves, float* values, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t half = halves[i], sign = (half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
    const uint32_t normal = (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    uint32_t subnormal;
    const float small = static_cast<float>(static_cast<int32_t>(fraction)) * 0x1p-24f;
    std::memcpy(&subnormal, &small, sizeof small);
    values[i] = float_of(sign | (exponent == 0 ? subnormal : normal));
  }
}

void widen_bfloat16(const uint16_t* halves, float* values, int64_t count) {
  for (int64_t i = 0; i < count; i++) values[i] = float_of(static_cast<uint32_t>(halves[i]) << 16);
}

bool are_finite(const float* values, int64_t count) {
  uint32_t others = 0;
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    others |= (bits & 0x7f800000) == 0x7f800000;
  }
  return others == 0;
}

/** `source`: descriptor, position as two digits to the base 2³¹, and how the numbers are stored. `whole`: 1 if all are there and finite. */
struct ReadFloats {
  void compute(cai::Call& call) {
    const auto source = call.input<int32_t>(0);
    const auto dimensions = call.input<int32_t>(1);
    cai::require(source.size == 4, "source: expected descriptor, two digits of the position, and the kind of number");
    const int descriptor = source.data[0];
    const int64_t position = (static_cast<int64_t>(source.data[1]) << 31) + source.data[2];
    const auto stored = static_cast<Stored>(source.data[3]);
    const auto values = call.output<float>(0, cai::Shape(dimensions.data, dimensions.data + dimensions.size));
    std::atomic<bool> whole{true};
    cai::parallel((values.size + chunk - 1) / chunk, 4, [&](int64_t begin, int64_t end) {
      std::vector<uint16_t> halves(stored == float32 ? 0 : chunk);
      for (int64_t i = begin; i < end && whole.load(std::memory_order_relaxed); i++) {
        float* const to = values.data + i * chunk;
        const int64_t count = std::min(chunk, values.size - i * chunk), bytes = stored == float32 ? 4 : 2;
        void* const read_to = stored == float32 ? static_cast<void*>(to) : halves.data();
        if (!read_all(descriptor, position + i * chunk * bytes, read_to, static_cast<size_t>(count * bytes))) whole = false;
        if (stored == float16) widen_float16(halves.data(), to, count);
        if (stored == bfloat16) widen_bfloat16(halves.data(), to, count);
        if (!are_finite(to, count)) whole = false;
      }
    });
    call.output<int32_t>(1, {}).data[0] = whole.load();
  }
};

const cai::Op<ReadFloats> read_floats("CaiReadFloats", {"source: int32", "shape: int32"}, {"values: float", "whole: int32"});

}  // namespace
