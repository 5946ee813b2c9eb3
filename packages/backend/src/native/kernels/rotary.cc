// Rotary position embeddings and their gradient; packages/kernels/src/rotary-embedding.ts has the formulas.
#include <algorithm>

#include "op.h"
#include "parallel.h"
#include "rotary.h"

namespace {

constexpr int64_t least = 16384;  // numbers a thread

/** The first `heads` heads of each row turned by its angles, or back; the rest of the row as it is. */
struct Rotary {
  explicit Rotary(cai::Attributes& attributes) : heads(attributes.integer("heads")), sign(attributes.flag("back") ? -1.0f : 1.0f) {}

  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto cosine = call.input<float>(1);
    const auto sine = call.input<float>(2);
    const int64_t width = x.last();
    const int64_t size = cosine.last();
    const int64_t half = size / 2;
    cai::require(cosine.size == x.rows() * size && sine.size == cosine.size && heads * size <= width, "CaiRotary: sizes do not fit");
    const auto y = call.output<float>(0, x.shape);
    cai::parallel(x.rows(), least / std::max<int64_t>(width, 1) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const float* const from = x.data + row * width;
        float* const to = y.data + row * width;
        const float* const c = cosine.data + row * size;
        const float* const s = sine.data + row * size + half;  // the first half holds the same, negated
        for (int64_t head = 0; head < heads; head++) cai::turn_head(from + head * size, c, s, sign, half, to + head * size);
        std::copy(from + heads * size, from + width, to + heads * size);
      }
    });
  }

  const int64_t heads;
  const float sign;
};

const cai::Op<Rotary> rotary("CaiRotary", {"x: float", "cosine: float", "sine: float"}, {"y: float"}, {"heads: int", "back: bool"});

}  // namespace
