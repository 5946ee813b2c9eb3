// Draws a token for each row of logits; packages/kernels/src/draw-tokens.ts says how numbers come and go, @cai/sampling what is drawn.
#include <cmath>
#include <cstring>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "vectors.h"

namespace {

using namespace cai;

/** e^x for x ≤ 0, within 2 units in the last place; 0 below −708. */
inline double exp_of_negative(double x) {
  // Adding it leaves the nearest integer in the lowest bits.
  constexpr double rounder = 6755399441055744.0;
  const double shifted = (x < -708.0 ? -708.0 : x) * 1.4426950408889634 + rounder;
  const double n = shifted - rounder;
  const double r = ((x < -708.0 ? -708.0 : x) - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  double p = 1.0 / 6227020800;
  for (const double divisor : {479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0, 5040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0})
    p = p * r + 1.0 / divisor;
  uint64_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  double power;
  std::memcpy(&power, &bits, sizeof power);
  return x < -708.0 ? 0.0 : p * power;
}

/** Told by its bits, which no flag of a compiler takes for those of a finite number. */
inline bool is_finite(float number) {
  constexpr uint32_t exponent = 0x7f800000;
  uint32_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  return (bits & exponent) != exponent;
}

/** float64 that travels as two int32. */
double number_at(const int32_t* halves, int64_t index) {
  double number;
  std::memcpy(&number, halves + 2 * index, sizeof number);
  return number;
}

struct Drawn {
  int32_t id;  // −1 where no token can be drawn: a logit is no finite number, or all are blocked
  float logprob;
};

/** One row at a time. */
class Draw {
 public:
  Draw(int64_t size, double temperature, const Numbers<int32_t>& blocked)
      : size_(size), temperature_(temperature), blocked_(blocked), logits_(size), weights_(size), sums_((size + block - 1) / block) {}

  Drawn operator()(const float* logits, double uniform) {
    int32_t infinite = 0;
#pragma omp simd reduction(| : infinite)
    for (int64_t id = 0; id < size_; id++) {
      logits_[id] = logits[id];
      infinite |= is_finite(logits[id]) ? 0 : 1;
    }
    if (infinite) return {-1, 0};
    for (int64_t i = 0; i < blocked_.size; i++)
      if (blocked_.data[i] >= 0 && blocked_.data[i] < size_) logits_[blocked_.data[i]] = -HUGE_VALF;
    const float largest = largest_of(logits_.data(), size_);
    if (largest == -HUGE_VALF) return {-1, 0};
    const double total = weigh(largest, temperature_ == 0 ? 1 : temperature_);
    const int64_t id = temperature_ == 0 ? place_of(largest) : invert(uniform * total);
    return {static_cast<int32_t>(id), static_cast<float>(std::log(weights_[id] / total))};
  }

 private:
  static constexpr int64_t block = 256;

  /** Writes e^((logit − largest) / temperature), and the sum of each block; the sum of all. */
  double weigh(double largest, double temperature) {
    double total = 0;
    for (int64_t begin = 0; begin < size_; begin += block) {
      const int64_t end = std::min(size_, begin + block);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t id = begin; id < end; id++) {
        weights_[id] = exp_of_negative((logits_[id] - largest) / temperature);
        sum += weights_[id];
      }
      sums_[begin / block] = sum;
      total += sum;
    }
    return total;
  }

  int64_t place_of(float logit) const {
    int64_t id = 0;
    while (logits_[id] != logit) id++;
    return id;
  }

  /** The first id at which the running sum exceeds `target`; the last that may be drawn where rounding keeps it from that. */
  int64_t invert(double target) const {
    double reached = 0;
    int64_t id = 0;
    for (const double sum : sums_) {
      if (reached + sum > target) break;
      reached += sum;
      id += block;
    }
    int64_t last = 0;
    for (id = std::min(id, (size_ - 1) / block * block); id < size_; id++) {
      if (weights_[id] == 0) continue;
      last = id;
      reached += weights_[id];
      if (reached > target) return id;
    }
    return last;
  }

  const int64_t size_;
  const double temperature_;
  const Numbers<int32_t> blocked_;
  std::vector<float> logits_;
  std::vector<double> weights_, sums_;
};

struct DrawTokens {
  void compute(Call& call) {
    const auto logits = call.input<float>(0);
    const auto uniforms = call.input<int32_t>(1);
    const auto temperature = call.input<int32_t>(2);
    const auto blocked = call.input<int32_t>(3);
    require(logits.shape.size() == 2, "CaiDrawTokens: logits must be [rows, vocabulary]");
    const int64_t rows = logits.shape[0], size = logits.shape[1];
    require(uniforms.size == 2 * rows && temperature.size == 2, "CaiDrawTokens: pass a uniform number for each row, and a temperature");
    const auto ids = call.output<int32_t>(0, {rows});
    const auto logprobs = call.output<float>(1, {rows});
    parallel(rows, 1, [&](int64_t begin, int64_t end) {
      Draw draw(size, number_at(temperature.data, 0), blocked);
      for (int64_t row = begin; row < end; row++) {
        const Drawn drawn = draw(logits.data + row * size, number_at(uniforms.data, row));
        ids.data[row] = drawn.id;
        logprobs.data[row] = drawn.logprob;
      }
    });
  }
};

const Op<DrawTokens> op("CaiDrawTokens", {"logits: float", "uniforms: int32", "temperature: int32", "blocked: int32"},
                        {"ids: int32", "logprobs: float"});

}  // namespace
