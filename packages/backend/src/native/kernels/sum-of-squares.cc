// The sum of each tensor's squares, for the norm of all gradients; packages/optim/src/clip.ts.
#include <algorithm>
#include <numeric>

#include "op.h"
#include "parallel.h"

namespace {

constexpr int64_t chunk = 65536;  // numbers that are summed by one thread: fixed, so that the sum does not depend on how many there are

double sum_of_squares(const float* numbers, int64_t count) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; i++) sum += static_cast<double>(numbers[i]) * numbers[i];
  return sum;
}

class SumsOfSquares {
 public:
  explicit SumsOfSquares(cai::Attributes& attributes) : tensors_(attributes.integer("N")) {}

  void compute(cai::Call& call) {
    const auto sums = call.output<float>(0, {tensors_});
    for (int64_t tensor = 0; tensor < tensors_; tensor++) {
      const auto numbers = call.input<float>(static_cast<int>(tensor));
      std::vector<double> parts(static_cast<size_t>((numbers.size + chunk - 1) / chunk));
      cai::parallel(static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i++)
          parts[static_cast<size_t>(i)] = sum_of_squares(numbers.data + i * chunk, std::min(chunk, numbers.size - i * chunk));
      });
      sums.data[tensor] = static_cast<float>(std::accumulate(parts.begin(), parts.end(), 0.0));
    }
  }

 private:
  const int64_t tensors_;
};

const cai::Op<SumsOfSquares> sums_of_squares("CaiSumsOfSquares", {"tensors: N * float"}, {"sums: float"}, {"N: int >= 1"});

}  // namespace
