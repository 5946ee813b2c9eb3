// Attention of one new token for each of several texts over keys and values that are kept; packages/kernels/src/decode-attention.ts.
#include <algorithm>
#include <cmath>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "row-sums.h"
#include "vector-math.h"
#include "vectors.h"

namespace {

using namespace cai;

/** How a token's row is divided, and where its keys and values are kept: [rows, groups, columns, size] each. */
struct Cache {
  int64_t heads, groups, size, rows, columns;
  float *keys, *values;

  Cache(int64_t query_heads, int64_t key_value_heads, const Numbers<float>& tokens, const Numbers<float>& k, const Numbers<float>& v)
      : heads(query_heads), groups(key_value_heads), size(0), rows(0), columns(0), keys(k.data), values(v.data) {
    require(groups > 0 && heads % groups == 0, "decoding: heads must be a multiple of key_value_heads");
    require(tokens.shape.size() == 2 && tokens.shape[1] % (heads + 2 * groups) == 0,
            "decoding: queryKeyValue must be [tokens, (heads + 2 * key_value_heads) * d]");
    size = tokens.shape[1] / (heads + 2 * groups);
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
void multiply_keys(const float* query, const float* keys, int64_t size, int64_t count, float scale, float* weights) {
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
void add_values(const float* weights, const float* values, int64_t size, int64_t count, float scale, float* y) {
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
void attend(const Cache& cache, const float* query, int64_t row, int64_t group, int64_t seen, float* weights, float* y) {
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

class Heads {
 public:
  explicit Heads(Attributes& attributes) : heads_(attributes.integer("heads")), groups_(attributes.integer("key_value_heads")) {}

 protected:
  const int64_t heads_, groups_;
};

struct DecodeAttention : Heads {
  using Heads::Heads;

  void compute(Call& call) {
    const auto tokens = call.input<float>(0);
    const Cache cache(heads_, groups_, tokens, call.input<float>(1), call.input<float>(2));
    const auto rows = call.input<int32_t>(3);
    const auto lengths = call.input<int32_t>(4);
    const int64_t count = tokens.shape[0];
    require(rows.size == count && lengths.size == count, "CaiDecodeAttention: rows and lengths must have a number for each token");
    const auto y = call.output<float>(0, {count, cache.heads * cache.size});
    int64_t longest = 0;
    for (int64_t token = 0; token < count; token++) {
      cache.require_place(rows.data[token], lengths.data[token]);
      cache.write(tokens.data + token * cache.width(), rows.data[token], lengths.data[token]);
      longest = std::max<int64_t>(longest, lengths.data[token] + 1);
    }
    const int64_t least = 1 + 16384 / std::max<int64_t>(1, longest * cache.size);
    parallel(count * cache.heads, least, [&](int64_t begin, int64_t end) {
      std::vector<float> weights(round_up(longest, lanes));
      for (int64_t i = begin; i < end; i++) {
        const int64_t token = i / cache.heads, head = i % cache.heads;
        attend(cache, tokens.data + token * cache.width() + head * cache.size, rows.data[token], head * cache.groups / cache.heads,
               lengths.data[token] + 1, weights.data(), y.data + i * cache.size);
      }
    });
  }
};

struct FillCache : Heads {
  using Heads::Heads;

  void compute(Call& call) {
    const auto tokens = call.input<float>(0);
    const Cache cache(heads_, groups_, tokens, call.input<float>(1), call.input<float>(2));
    const auto lengths = call.input<int32_t>(3);
    int64_t token = 0;
    for (int64_t row = 0; row < lengths.size; row++)
      for (int64_t column = 0; column < lengths.data[row]; column++, token++) {
        cache.require_place(row, column);
        require(token < tokens.shape[0], "CaiFillCache: lengths must add up to the tokens");
        cache.write(tokens.data + token * cache.width(), row, column);
      }
  }
};

const Op<DecodeAttention> decode_attention("CaiDecodeAttention",
                                           {"query_key_value: float", "keys: float", "values: float", "rows: int32", "lengths: int32"},
                                           {"y: float"}, {"heads: int", "key_value_heads: int"});
const Op<FillCache> fill_cache("CaiFillCache", {"query_key_value: float", "keys: float", "values: float", "lengths: int32"}, {},
                               {"heads: int", "key_value_heads: int"});

}  // namespace
