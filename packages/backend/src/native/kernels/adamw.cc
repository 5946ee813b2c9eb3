// One update by AdamW in one pass over memory; packages/optim/src/adamw.ts has the formula.
#include <cmath>
#include <cstring>

#include "op.h"
#include "parallel.h"

namespace {

/** What all weights of an update have in common, in the order of the input `numbers`. */
struct Update {
  float kept;     // 1 − lr·wd
  float rate;     // lr / (1 − β1ᵗ)
  float beta1;
  float rest1;    // 1 − β1
  float beta2;
  float rest2;    // 1 − β2
  float inverse;  // 1 / √(1 − β2ᵗ)
  float epsilon;
  float scale;    // of the gradient
};

/** Writes to the memory of both moments, which nobody but the optimizer may hold. */
struct AdamW {
  void compute(cai::Call& call) {
    const auto [p, next] = call.take<float>(0, 0);
    const auto m = call.input<float>(1);
    const auto v = call.input<float>(2);
    const auto g = call.input<float>(3);
    const auto numbers = call.input<float>(4);
    cai::require(numbers.size * sizeof(float) == sizeof(Update), "CaiAdamW: 9 numbers are wanted");
    for (int64_t size : {m.size, v.size, g.size}) cai::require(size == p.size, "CaiAdamW: moments or gradient differ from the weight in size");
    Update update;
    std::memcpy(&update, numbers.data, sizeof update);
    const float* const old = p.data;
    float* const weight = next.data;
    cai::parallel(p.size, 32768, [&](int64_t begin, int64_t end) {
      apply(update, old, weight, m.data, v.data, g.data, begin, end);
    });
  }

  static void apply(const Update u, const float* p, float* next, float* m, float* v, const float* g, int64_t begin, int64_t end) {
#pragma omp simd
    for (int64_t i = begin; i < end; i++) {
      const float gradient = g[i] * u.scale;
      const float mean = u.beta1 * m[i] + u.rest1 * gradient;
      const float square = u.beta2 * v[i] + u.rest2 * gradient * gradient;
      m[i] = mean;
      v[i] = square;
      next[i] = u.kept * p[i] - u.rate * mean / (std::sqrt(square) * u.inverse + u.epsilon);
    }
  }
};

const cai::Op<AdamW> adamw("CaiAdamW", {"weight: int32", "exp_avg: float", "exp_avg_sq: float", "gradient: float", "numbers: float"},
                           {"updated: float"});

}  // namespace
