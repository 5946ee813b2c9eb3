// Causal attention within each of the sequences that lie one after another; packages/kernels/src/native-attention.ts has the formulas.
#include <limits>

#include "attention.h"
#include "vector-math.h"

namespace {

using namespace cai;

struct Forward {
  Heads heads;
  const float* query_key_value;
  float* y;
  float* lse;
};

/** Keys and values of one group of heads of one sequence, and what a block of queries makes of them. */
class Block {
 public:
  Block(const Forward& call, int64_t longest) : call_(call), heads_(call.heads) {
    thread_local Scratch scratch;
    row_ = round_up(longest, panel);
    const int64_t padded = heads_.padded;
    scratch.need(row_ * heads_.size + row_ * padded + block * row_ + 2 * block * padded);
    keys_ = scratch.take(row_ * heads_.size);
    values_ = scratch.take(row_ * padded);
    weights_ = scratch.take(block * row_);
    queries_ = scratch.take(block * padded);
    sums_ = scratch.take(block * padded);
  }

  void read(const Unit& unit) {
    const float* const from = call_.query_key_value + unit.start * heads_.row;
    pack_transposed(from + heads_.key(unit.group), heads_.row, unit.length, heads_.size, keys_);
    pack(from + heads_.value(unit.group), heads_.row, unit.length, heads_, 1, values_);
  }

  void attend(const Unit& unit, int64_t head) {
    const int64_t count = unit.end - unit.first;
    pack(call_.query_key_value + (unit.start + unit.first) * heads_.row + heads_.query(head), heads_.row, count, heads_, heads_.scale(),
         queries_);
    for (int64_t key = 0; key < unit.end; key += panel)
      for (int64_t i = 0; i < count; i += tile_rows) {
        const int64_t seen = std::min(panel, unit.first + i + tile_rows - key);
        if (seen > 0)
          product(round_up(seen, lanes) / lanes, heads_.size, {queries_ + i * heads_.padded, heads_.padded, 1}, keys_ + key * heads_.size,
                  panel, weights_ + i * row_ + key, row_, false);
      }
    float divisors[block];
    for (int64_t i = 0; i < count; i++) {
      const int64_t tile_end = unit.first + i / tile_rows * tile_rows + tile_rows;
      const float most = exponentials(weights_ + i * row_, unit.first + i + 1, round_up(tile_end, lanes), divisors[i]);
      call_.lse[(unit.start + unit.first + i) * heads_.heads + head] = most + std::log(divisors[i]);
    }
    for (int64_t key = 0; key < unit.end; key += panel)
      for (int64_t i = 0; i < count; i += tile_rows) {
        const int64_t seen = std::min(panel, std::min(unit.first + i + tile_rows, unit.length) - key);
        if (seen > 0)
          product(heads_.padded / lanes, seen, {weights_ + i * row_ + key, row_, 1}, values_ + key * heads_.padded, heads_.padded,
                  sums_ + i * heads_.padded, heads_.padded, key > 0);
      }
    for (int64_t i = 0; i < count; i++) {
      float* const y = call_.y + (unit.start + unit.first + i) * heads_.heads * heads_.size + head * heads_.size;
      copy(sums_ + i * heads_.padded, 1 / divisors[i], heads_.size, y);
    }
  }

 private:
  /** e^(score − the largest) of the first `seen` of a row, 0 from there to `end`; the largest, and the sum. */
  static float exponentials(float* row, int64_t seen, int64_t end, float& sum) {
    for (int64_t j = seen / lanes * lanes; j < end; j += lanes)
      for (int64_t i = j; i < j + lanes; i++) row[i] = i < seen ? row[i] : -std::numeric_limits<float>::infinity();
    Vector most = load(row);
    for (int64_t j = lanes; j < end; j += lanes) {
      const Vector scores = load(row + j);
      most = scores > most ? scores : most;
    }
    const float top = largest(most);
    for (int64_t j = 0; j < end; j++) row[j] = fast_exp(row[j] - top);
    Vector sums{};
    for (int64_t j = 0; j < end; j += lanes) sums += load(row + j);
    sum = total(sums);
    return top;
  }

  const Forward& call_;
  const Heads& heads_;
  int64_t row_;
  float *keys_, *values_, *weights_, *queries_, *sums_;
};

class Attention {
 public:
  explicit Attention(Attributes& attributes) : heads_(attributes.integer("heads")), groups_(attributes.integer("key_value_heads")) {}

  void compute(Call& call) {
    const auto query_key_value = call.input<float>(0);
    const auto lengths = call.input<int32_t>(1);
    const Heads heads(heads_, groups_, query_key_value);
    const int64_t rows = query_key_value.rows();
    const std::vector<Unit> all = units(heads, lengths, rows, block);
    const Forward forward{heads, query_key_value.data, call.output<float>(0, {rows, heads.heads * heads.size}).data,
                          call.output<float>(1, {rows, heads.heads}).data};
    share(all, heads, [&](int64_t begin, int64_t end) {
      int64_t longest = 0;
      for (int64_t i = begin; i < end; i++) longest = std::max(longest, all[i].length);
      Block work(forward, longest);
      for (int64_t i = begin; i < end; i++) {
        if (i == begin || all[i].first == 0) work.read(all[i]);
        for (int64_t head = 0; head < heads.shared(); head++) work.attend(all[i], all[i].group * heads.shared() + head);
      }
    });
  }

 private:
  int64_t heads_, groups_;
};

const Op<Attention> attention("CaiPackedAttention", {"query_key_value: float", "lengths: int32"}, {"y: float", "lse: float"},
                              {"heads: int", "key_value_heads: int"});

}  // namespace
