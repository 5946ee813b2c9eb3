// The skinny product whose weights are stored [inner, columns].
#pragma once

#include "skinny-product.h"

namespace cai {

/**
 * The rows of w are divided into splits, whose sums are added up at the end in their order; each split into segments that are read side by
 * side, row by row. How they are divided depends on the sizes of w alone.
 */
class SkinnyColumns {
 public:
  explicit SkinnyColumns(const SkinnyProduct& product)
      : product_(product),
        splits_(std::clamp<int64_t>(product.inner / 192, 1, 8)),
        segment_(product.inner / (splits_ * segments)),
        stride_(round_up(product.columns, lanes) + lanes),
        padded_rows_(round_up(product.rows, rows_at_once)) {}

  void compute() const {
    if (product_.rows == 0) return;
    // Of this thread, the one that calls, but written to by all: made once, because fresh memory is slow.
    thread_local std::vector<float> memory;
    const int64_t numbers = splits_ * padded_rows_ * stride_ + lanes;
    if (static_cast<int64_t>(memory.size()) < numbers) memory.resize(numbers);
    float* const sums = aligned(memory.data());
    const int64_t ranges = std::clamp<int64_t>(product_.columns / shortest_range, 1, std::max<int64_t>(1, thread_count() / splits_));
    parallel(splits_ * ranges, product_.worth_waking(splits_ * ranges), [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; part++) add_up(part / ranges, part % ranges, ranges, sums);
    });
    const int64_t vectors = round_up(product_.columns, lanes) / lanes;
    parallel(vectors, 1 + 4096 / (lanes * std::max<int64_t>(1, product_.rows)), [&](int64_t begin, int64_t end) {
      for (int64_t row = 0; row < product_.rows; row++) finish(row, begin * lanes, std::min(product_.columns, end * lanes), sums);
    });
  }

 private:
  /** So many rows of x are multiplied at once; missing ones are computed as well, and go nowhere. */
  static constexpr int64_t rows_at_once = 4;
  /** As many sums as leave registers for the rest: an input that is loaded is multiplied by this many vectors, a vector by that many rows. */
  static constexpr int64_t vectors_at_once = lanes == 16 ? 4 : 2;
  static constexpr int64_t segments = 8, block = vectors_at_once * lanes;
  /** Of columns, which are divided only where there are more threads than splits: memory gives whole rows faster. */
  static constexpr int64_t shortest_range = 768;
  /** How far ahead memory is asked for, in numbers. */
  static constexpr int64_t ahead = 256, cache_line = 16;

  static float* aligned(float* memory) {
    constexpr uintptr_t line = lanes * sizeof(float);
    return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(memory) + line - 1) / line * line);
  }

  /** The sums of one split, in one range of columns. */
  void add_up(int64_t split, int64_t range, int64_t ranges, float* all_sums) const {
    const int64_t blocks = product_.columns / block;
    const int64_t begin = blocks * range / ranges * block;
    const int64_t end = range + 1 == ranges ? product_.columns : blocks * (range + 1) / ranges * block;
    float* const sums = all_sums + split * padded_rows_ * stride_;
    for (int64_t row = 0; row < padded_rows_; row++) std::fill(sums + row * stride_ + begin, sums + row * stride_ + end, 0.0f);
    std::vector<float> inputs(padded_rows_ * segments);
    const int64_t first = split * segments * segment_, last = first + segment_ - 1;
    for (int64_t k = first; k <= last; k++) add<segments>(k, begin, end, k < last, inputs.data(), sums);
    if (split + 1 < splits_) return;
    for (int64_t k = splits_ * segments * segment_; k < product_.inner; k++) add<1>(k, begin, end, false, inputs.data(), sums);
  }

  /** Adds rows first, first + segment, … of w, `count` of them, weighed by x. */
  template <int count>
  void add(int64_t first, int64_t begin, int64_t end, bool goes_on, float* inputs, float* sums) const {
    for (int64_t row = 0; row < product_.rows; row++)
      for (int i = 0; i < count; i++) inputs[row * count + i] = product_.x[row * product_.inner + first + i * segment_];
    const float* const from = product_.w + first * product_.columns;
    // Behind the range's end comes its part of the next row.
    const int64_t next_row = goes_on ? product_.columns - (end - begin) + ahead : 0;
    int64_t n = begin;
    for (; n + block <= end; n += block) add<count, vectors_at_once>(from + n, n + ahead < end ? ahead : next_row, inputs, sums + n);
    for (; n + lanes <= end; n += lanes) add<count, 1>(from + n, 0, inputs, sums + n);
    for (; n < end; n++)
      for (int64_t row = 0; row < product_.rows; row++)
        for (int i = 0; i < count; i++) sums[row * stride_ + n] += from[i * segment_ * product_.columns + n] * inputs[row * count + i];
  }

  template <int count, int vectors>
  void add(const float* from, int64_t ahead, const float* inputs, float* sums) const {
    add_rows<count, vectors, true>(from, ahead, inputs, sums);
    for (int64_t row = rows_at_once; row < padded_rows_; row += rows_at_once)
      add_rows<count, vectors, false>(from, ahead, inputs + row * count, sums + row * stride_);
  }

  /** `fetches`: while the first rows are multiplied, the weights that follow are asked for, a cache line at a time. */
  template <int count, int vectors, bool fetches>
  void add_rows(const float* from, int64_t ahead, const float* inputs, float* sums) const {
    const int64_t apart = segment_ * product_.columns;
    Vector sum[rows_at_once][vectors];
    for (int64_t r = 0; r < rows_at_once; r++)
      for (int v = 0; v < vectors; v++) sum[r][v] = load(sums + r * stride_ + v * lanes);
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) {
      Vector weights[vectors];
      for (int v = 0; v < vectors; v++) {
        weights[v] = load(from + i * apart + v * lanes);
        if (fetches && v * lanes % cache_line == 0) __builtin_prefetch(from + i * apart + v * lanes + ahead);
      }
      for (int64_t r = 0; r < rows_at_once; r++)
        for (int v = 0; v < vectors; v++) sum[r][v] += weights[v] * inputs[r * count + i];
    }
    for (int64_t r = 0; r < rows_at_once; r++)
      for (int v = 0; v < vectors; v++) store(sums + r * stride_ + v * lanes, sum[r][v]);
  }

  /** Adds the splits' sums, and sets y. */
  void finish(int64_t row, int64_t begin, int64_t end, float* sums) const {
    float* const sum = sums + row * stride_;
    for (int64_t split = 1; split < splits_; split++) {
      const float* const more = sum + split * padded_rows_ * stride_;
      for (int64_t n = begin; n < end; n++) sum[n] += more[n];
    }
    product_.set(sum + begin, row, begin, end - begin);
  }

  const SkinnyProduct product_;
  const int64_t splits_, segment_, stride_, padded_rows_;
};

}  // namespace cai
