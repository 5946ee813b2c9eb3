// Attention of one new token of each of several texts over keys and values that are kept; packages/kernels/src/decode-attention.ts.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "row-sums.h"
#include "vector-math.h"
#include "vectors.h"

namespace cai {

/** How a token's row is divided, and where its keys and values are kept: [rows, groups, columns, size] each. */
struct Cache {
  int64_t heads, groups, size, rows, columns;
  float *keys, *values;

  Cache(int64_t query_heads, int64_t key_value_heads, int64_t token_width, const Numbers<float>& k, const Numbers<float>& v)
      : heads(query_heads), groups(key_value_heads), size(0), rows(0), columns(0), keys(k.data), values(v.data) {
    require(groups > 0 && heads % groups == 0, "decoding: heads must be a multiple of key_value_heads");
    require(token_width % (heads + 2 * groups) == 0, "decoding: queryKeyValue must be [tokens, (heads + 2 * key_value_heads) * d]");
    size = token_width / (heads + 2 * groups);
    require(k.shape.size() == 4 && k.shape == v.shape && k.shape[1] == groups && k.shape[3] == size,
            "decoding: keys and values must be [rows, key_value_heads, columns, d]");
    rows = k.shape[0];
    columns = k.shape[2];
  }

  int64_t width() const { return (heads + 2 * groups) * size; }
  int64_t at(int64_t row, int64_t group, int64_t column) const { return ((row * groups + group) * columns + column) * size; }

  void write(const float* token, int64_t row, int64_t column) const {
    for (int64_t group = 0; group < groups; group++) {
      std::copy_n(token + (heads + group) * size, size, keys + at(row, group, column));
      std::copy_n(token + (heads + groups + group) * size, size, values + at(row, group, column));
    }
  }
  void require_place(int64_t row, int64_t column) const {
    require(row >= 0 && row < rows && column >= 0 && column < columns, "decoding: a token has no place in the cache");
  }
};

/** weights[t] = scale · query · keys[t]. They are set in whole vectors: there must be room. */
inline void multiply_keys(const float* query, const float* keys, int64_t size, int64_t count, float scale, float* weights) {
  for (int64_t t = 0; t < count; t += lanes) {
    const float* key[lanes];
    for (int64_t i = 0; i < lanes; i++) key[i] = keys + std::min(t + i, count - 1) * size;
    Vector sums[lanes] = {};
    int64_t d = 0;
    for (; d + lanes <= size; d += lanes) {
      const Vector part = load(query + d);
      for (int64_t i = 0; i < lanes; i++) sums[i] += part * load(key[i] + d);
    }
    store(weights + t, totals(sums) * scale);
    for (; d < size; d++)
      for (int64_t i = 0; i < lanes; i++) weights[t + i] += query[d] * key[i][d] * scale;
  }
}

/** y = scale · Σ weights[t] · values[t], for so many vectors of each value. */
template <int vectors>
inline void add_values(const float* weights, const float* values, int64_t size, int64_t count, float scale, float* y) {
  constexpr int at_once = 4;  // an addition takes four cycles
  Vector sums[at_once][vectors] = {};
  int64_t t = 0;
  for (; t + at_once <= count; t += at_once)
    for (int i = 0; i < at_once; i++)
      for (int v = 0; v < vectors; v++) sums[i][v] += weights[t + i] * load(values + (t + i) * size + v * lanes);
  for (; t < count; t++)
    for (int v = 0; v < vectors; v++) sums[0][v] += weights[t] * load(values + t * size + v * lanes);
  for (int v = 0; v < vectors; v++) store(y + v * lanes, ((sums[0][v] + sums[1][v]) + (sums[2][v] + sums[3][v])) * scale);
}

/** y = Σ softmax(q·k/√d)·v over the first `seen` columns of a row, for one head. `weights` has room for as many numbers in whole vectors. */
inline void attend(const Cache& cache, const float* query, int64_t row, int64_t group, int64_t seen, float* weights, float* y) {
  const int64_t size = cache.size;
  const float* const keys = cache.keys + cache.at(row, group, 0);
  const float* const values = cache.values + cache.at(row, group, 0);
  multiply_keys(query, keys, size, seen, 1.0f / std::sqrt(static_cast<float>(size)), weights);
  const float largest = largest_of(weights, seen);
  for (int64_t t = 0; t < seen; t++) weights[t] = fast_exp(weights[t] - largest);
  const float inverse = 1.0f / row_sum(seen, [&](int64_t t) { return weights[t]; });
  int64_t d = 0;
  for (; d + 4 * lanes <= size; d += 4 * lanes) add_values<4>(weights, values + d, size, seen, inverse, y + d);
  for (; d + lanes <= size; d += lanes) add_values<1>(weights, values + d, size, seen, inverse, y + d);
  for (; d < size; d++) {
    float sum = 0;
    for (int64_t t = 0; t < seen; t++) sum += weights[t] * values[t * size + d];
    y[d] = sum * inverse;
  }
}

/** A new token of each of `count` texts, `tokens` [count, width]: their keys and values are kept, then each looks at all of its text; y [count, heads · d]. */
inline void attend_tokens(const Cache& cache, const float* tokens, const int32_t* rows, const int32_t* lengths, int64_t count, float* y) {
  int64_t longest = 0;
  for (int64_t token = 0; token < count; token++) {
    cache.require_place(rows[token], lengths[token]);
    cache.write(tokens + token * cache.width(), rows[token], lengths[token]);
    longest = std::max<int64_t>(longest, lengths[token] + 1);
  }
  const int64_t least = 1 + 16384 / std::max<int64_t>(1, longest * cache.size);
  parallel(count * cache.heads, least, [&](int64_t begin, int64_t end) {
    std::vector<float> weights(round_up(longest, lanes));
    for (int64_t i = begin; i < end; i++) {
      const int64_t token = i / cache.heads, head = i % cache.heads;
      attend(cache, tokens + token * cache.width() + head * cache.size, rows[token], head * cache.groups / cache.heads, lengths[token] + 1,
             weights.data(), y + i * cache.size);
    }
  });
}

}  // namespace cai
