// The words of a pass's program, one after another; packages/kernels/src/token-program.ts writes them.
#pragma once

#include <cstdint>
#include <cstring>

#include "op.h"

namespace cai {

/** What a step of a pass does. */
enum class Step : int32_t { embed, linear, int8_linear, layer_norm, rms_norm, gated, add, scale, attend };

class TokenScript {
 public:
  explicit TokenScript(const Numbers<int32_t>& words) : next_(words.data), end_(words.data + words.size) {}

  bool has_ended() const { return next_ == end_; }

  int32_t next() {
    require(next_ < end_, "CaiTokenPass: the program ends within a step");
    return *next_++;
  }

  float next_number() {
    const int32_t bits = next();
    float number;
    std::memcpy(&number, &bits, sizeof number);
    return number;
  }

 private:
  const int32_t* next_;
  const int32_t* const end_;
};

}  // namespace cai
