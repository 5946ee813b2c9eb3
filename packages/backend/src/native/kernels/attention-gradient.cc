// The gradient of attention.cc; packages/kernels/src/native-attention.ts has the formulas.
#include "attention.h"
#include "vector-math.h"

namespace {

using namespace cai;

struct Backward {
  Heads heads;
  const float* query_key_value;
  const float* y;
  const float* lse;
  const float* dy;
  float* gradient;
};

/** One group of heads of one sequence. Weights are computed again, a panel of keys for a block of queries at a time. */
class Group {
 public:
  Group(const Backward& call, int64_t longest) : call_(call), heads_(call.heads), padded_(call.heads.padded) {
    thread_local Scratch scratch;
    const int64_t rows = round_up(longest, panel);
    scratch.need(2 * rows * heads_.size + 3 * rows * padded_ + 3 * block * padded_ + 2 * block * panel);
    for (float** to : {&keys_transposed_, &values_transposed_}) *to = scratch.take(rows * heads_.size);
    for (float** to : {&keys_, &key_gradient_, &value_gradient_}) *to = scratch.take(rows * padded_);
    for (float** to : {&queries_, &query_gradient_, &dy_}) *to = scratch.take(block * padded_);
    for (float** to : {&weights_, &score_gradient_}) *to = scratch.take(block * panel);
  }

  void differentiate(const Unit& unit) {
    const int64_t row = heads_.row, length = unit.length;
    const float* const from = call_.query_key_value + unit.start * row;
    pack(from + heads_.key(unit.group), row, length, heads_, 1, keys_);
    pack_transposed(from + heads_.key(unit.group), row, length, heads_.size, keys_transposed_);
    pack_transposed(from + heads_.value(unit.group), row, length, heads_.size, values_transposed_);
    for (float* gradient : {key_gradient_, value_gradient_}) std::fill(gradient, gradient + round_up(length, panel) * padded_, 0.0f);
    for (int64_t head = unit.group * heads_.shared(); head < (unit.group + 1) * heads_.shared(); head++)
      for (int64_t first = 0; first < length; first += block) {
        const int64_t count = std::min(block, length - first);
        read(unit.start + first, count, head);
        for (int64_t key = 0; key < first + count; key += panel) {
          weights(first - key, count, key);
          add(first - key, count, key, length - key);
        }
        write(query_gradient_, heads_.scale(), unit.start + first, count, heads_.query(head));
      }
    write(key_gradient_, 1, unit.start, length, heads_.key(unit.group));
    write(value_gradient_, 1, unit.start, length, heads_.value(unit.group));
  }

 private:
  /** A block of queries and what belongs to them. */
  void read(int64_t begin, int64_t count, int64_t head) {
    const int64_t row = heads_.heads * heads_.size;
    const float* const dy = call_.dy + begin * row + head * heads_.size;
    const float* const y = call_.y + begin * row + head * heads_.size;
    pack(call_.query_key_value + begin * heads_.row + heads_.query(head), heads_.row, count, heads_, heads_.scale(), queries_);
    pack(dy, row, count, heads_, 1, dy_);
    for (int64_t i = 0; i < count; i++) {
      lse_[i] = call_.lse[(begin + i) * heads_.heads + head];
      products_[i] = dot(dy + i * row, y + i * row, heads_.size);
    }
    std::fill(query_gradient_, query_gradient_ + round_up(count, tile_rows) * padded_, 0.0f);
  }

  /** P = exp(S − lse) and dS = P(dP − D) for the keys from `key` on; the first query is `ahead` places after that one. */
  void weights(int64_t ahead, int64_t count, int64_t key) {
    for (int64_t i = std::max<int64_t>(0, -ahead) / tile_rows * tile_rows; i < count; i += tile_rows) {
      const int64_t vectors = round_up(std::min(panel, ahead + i + tile_rows), lanes) / lanes;
      product(vectors, heads_.size, {queries_ + i * padded_, padded_, 1}, keys_transposed_ + key * heads_.size, panel,
              weights_ + i * panel, panel, false);
      product(vectors, heads_.size, {dy_ + i * padded_, padded_, 1}, values_transposed_ + key * heads_.size, panel,
              score_gradient_ + i * panel, panel, false);
      for (int64_t k = i; k < i + tile_rows; k++) {
        float* const p = weights_ + k * panel;
        float* const ds = score_gradient_ + k * panel;
        const int32_t seen = static_cast<int32_t>(k < count ? ahead + k + 1 : 0);
        for (int32_t j = 0; j < vectors * lanes; j++) {
          const float weight = fast_exp(p[j] - lse_[k]);
          ds[j] = j < seen ? weight * (ds[j] - products_[k]) : 0;
          p[j] = j < seen ? weight : 0;
        }
      }
    }
  }

  /** dV += Pᵀ·dY, dK += dSᵀ·Q, dQ += dS·K; `keys` of the sequence remain. */
  void add(int64_t ahead, int64_t count, int64_t key, int64_t keys) {
    const int64_t vectors = padded_ / lanes;
    for (int64_t j = 0; j < std::min(panel, ahead + count); j += tile_rows) {
      const int64_t begin = std::max<int64_t>(0, j - ahead);
      const int64_t at = begin * padded_, to = (key + j) * padded_;
      product(vectors, count - begin, {weights_ + begin * panel + j, 1, panel}, dy_ + at, padded_, value_gradient_ + to, padded_, true);
      product(vectors, count - begin, {score_gradient_ + begin * panel + j, 1, panel}, queries_ + at, padded_, key_gradient_ + to, padded_,
              true);
    }
    for (int64_t i = std::max<int64_t>(0, -ahead) / tile_rows * tile_rows; i < count; i += tile_rows)
      product(vectors, std::min({panel, ahead + i + tile_rows, keys}), {score_gradient_ + i * panel, panel, 1}, keys_ + key * padded_,
              padded_, query_gradient_ + i * padded_, padded_, true);
  }

  void write(const float* from, float scale, int64_t begin, int64_t count, int64_t column) {
    for (int64_t i = 0; i < count; i++)
      copy(from + i * padded_, scale, heads_.size, call_.gradient + (begin + i) * heads_.row + column);
  }

  const Backward& call_;
  const Heads& heads_;
  const int64_t padded_;
  float *keys_, *keys_transposed_, *values_transposed_, *key_gradient_, *value_gradient_;
  float *queries_, *query_gradient_, *dy_, *weights_, *score_gradient_;
  float lse_[block], products_[block];
};

class AttentionGradient {
 public:
  explicit AttentionGradient(Attributes& attributes)
      : heads_(attributes.integer("heads")), groups_(attributes.integer("key_value_heads")) {}

  void compute(Call& call) {
    const auto query_key_value = call.input<float>(0);
    const auto lengths = call.input<int32_t>(1);
    const auto y = call.input<float>(2);
    const auto lse = call.input<float>(3);
    const auto dy = call.input<float>(4);
    const Heads heads(heads_, groups_, query_key_value);
    const int64_t rows = query_key_value.rows();
    require(y.size == rows * heads.heads * heads.size && dy.size == y.size && lse.size == rows * heads.heads,
            "CaiPackedAttentionGradient: y, lse or dy is not of queryKeyValue's size");
    const std::vector<Unit> all = units(heads, lengths, rows, 0);
    const Backward backward{heads, query_key_value.data, y.data, lse.data, dy.data, call.output<float>(0, query_key_value.shape).data};
    share(all, heads, [&](int64_t begin, int64_t end) {
      int64_t longest = 0;
      for (int64_t i = begin; i < end; i++) longest = std::max(longest, all[i].length);
      Group work(backward, longest);
      for (int64_t i = begin; i < end; i++) work.differentiate(all[i]);
    });
  }

 private:
  int64_t heads_, groups_;
};

const Op<AttentionGradient> attention_gradient("CaiPackedAttentionGradient",
                                               {"query_key_value: float", "lengths: int32", "y: float", "lse: float", "dy: float"},
                                               {"gradient: float"}, {"heads: int", "key_value_heads: int"});

}  // namespace
