// Log-probabilities of chosen tokens, entropies, and their gradient; packages/kernels/src/token-distribution.ts has the formulas.
#include <algorithm>

#include "op.h"
#include "parallel.h"
#include "vector-math.h"
#include "vectors.h"

namespace {

constexpr int64_t block = 512;    // numbers summed in float32 before they are added up in float64
constexpr float lowest = -1000;  // e^lowest is 0, and 0 · lowest is no NaN as 0 · −∞ would be

/** What a row's gradient needs of its forward pass. */
struct Normalizer {
  float largest;  // of the logits
  float log_sum;  // ln Σ e^d, d = (logit − largest) / temperature
};

struct Sums {
  double exponentials = 0;  // Σ e^d
  double weighted = 0;      // Σ e^d·d
};

Sums sums_of(const float* logits, int64_t count, float largest, float inverse) {
  Sums sums;
  for (int64_t begin = 0; begin < count; begin += block) {
    const int64_t end = std::min(count, begin + block);
    float exponentials = 0, weighted = 0;
#pragma omp simd reduction(+ : exponentials, weighted)
    for (int64_t i = begin; i < end; i++) {
      const float distance = (logits[i] - largest) * inverse;
      const float d = distance < lowest ? lowest : distance;
      const float e = cai::fast_exp(d);
      exponentials += e;
      weighted += e * d;
    }
    sums.exponentials += exponentials;
    sums.weighted += weighted;
  }
  return sums;
}

/** dlogits may be the logits' own memory. */
void gradient_of_row(const float* logits, float* dlogits, int64_t count, int32_t id, float inverse, Normalizer normalizer, float entropy,
                     float dlogprob, float dentropy) {
  const float own = (logits[id] - normalizer.largest) * inverse;
  const float for_id = inverse * dlogprob;
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    const float distance = (logits[i] - normalizer.largest) * inverse;
    const float logprob = (distance < lowest ? lowest : distance) - normalizer.log_sum;
    dlogits[i] = -inverse * cai::fast_exp(logprob) * (dlogprob + dentropy * (logprob + entropy));
  }
  // 1 − p from its logarithm: where p is nearly 1, the difference of the two would have few digits.
  const float logprob = (own < lowest ? lowest : own) - normalizer.log_sum;
  dlogits[id] = for_id * -std::expm1(logprob) - inverse * cai::fast_exp(logprob) * dentropy * (logprob + entropy);
}

void check_ids(const cai::Numbers<int32_t>& ids, const cai::Numbers<float>& logits) {
  cai::require(logits.shape.size() == 2 && ids.size == logits.shape[0], "CaiTokenLogprobs: logits must be [N, V], ids [N]");
  for (int64_t row = 0; row < ids.size; row++)
    cai::require(ids.data[row] >= 0 && ids.data[row] < logits.last(), "CaiTokenLogprobs: an id is outside the vocabulary");
}

int64_t least_rows(int64_t count) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, count)); }

struct TokenLogprobs {
  void compute(cai::Call& call) {
    const auto logits = call.input<float>(0);
    const auto ids = call.input<int32_t>(1);
    const float inverse = 1 / call.input<float>(2).data[0];
    check_ids(ids, logits);
    const auto logprobs = call.output<float>(0, ids.shape);
    const auto entropies = call.output<float>(1, ids.shape);
    const auto normalizers = call.output<float>(2, {ids.size, 2});
    const int64_t count = logits.last();
    cai::parallel(ids.size, least_rows(count), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const float* const numbers = logits.data + row * count;
        const float largest = cai::largest_of(numbers, count);
        const Sums sums = sums_of(numbers, count, largest, inverse);
        const double log_sum = std::log(sums.exponentials);
        logprobs.data[row] = static_cast<float>((numbers[ids.data[row]] - largest) * inverse - log_sum);
        entropies.data[row] = static_cast<float>(log_sum - sums.weighted / sums.exponentials);
        normalizers.data[2 * row] = largest;
        normalizers.data[2 * row + 1] = static_cast<float>(log_sum);
      }
    });
  }
};

/** `donated`: the logits come as a ticket, and the gradient takes their memory where it can. */
template <bool donated>
struct TokenLogprobsGradient {
  void compute(cai::Call& call) {
    const auto [logits, dlogits] = places(call);
    const auto ids = call.input<int32_t>(1);
    const float inverse = 1 / call.input<float>(2).data[0];
    const auto normalizers = call.input<float>(3);
    const auto entropies = call.input<float>(4);
    const auto dlogprobs = call.input<float>(5);
    const auto dentropies = call.input<float>(6);
    check_ids(ids, logits);
    for (int64_t size : {normalizers.size / 2, entropies.size, dlogprobs.size, dentropies.size})
      cai::require(size == ids.size, "CaiTokenLogprobsGradient: inputs differ in rows");
    const int64_t count = logits.last();
    const float *const from = logits.data;
    float *const to = dlogits.data;
    cai::parallel(ids.size, least_rows(count), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const Normalizer normalizer{normalizers.data[2 * row], normalizers.data[2 * row + 1]};
        gradient_of_row(from + row * count, to + row * count, count, ids.data[row], inverse, normalizer, entropies.data[row],
                        dlogprobs.data[row], dentropies.data[row]);
      }
    });
  }

  static cai::Taken<float> places(cai::Call& call) {
    if constexpr (donated) return call.take<float>(0, 0);
    const auto logits = call.input<float>(0);
    return {logits, call.output<float>(0, logits.shape)};
  }
};

const cai::Op<TokenLogprobs> token_logprobs("CaiTokenLogprobs", {"logits: float", "ids: int32", "temperature: float"},
                                            {"logprobs: float", "entropies: float", "normalizers: float"});
const cai::Op<TokenLogprobsGradient<false>> gradient("CaiTokenLogprobsGradient",
                                                     {"logits: float", "ids: int32", "temperature: float", "normalizers: float",
                                                      "entropies: float", "dlogprobs: float", "dentropies: float"},
                                                     {"dlogits: float"});
const cai::Op<TokenLogprobsGradient<true>> gradient_in_place("CaiTokenLogprobsGradientInPlace",
                                                             {"logits: int32", "ids: int32", "temperature: float", "normalizers: float",
                                                              "entropies: float", "dlogprobs: float", "dentropies: float"},
                                                             {"dlogits: float"});

}  // namespace
