// Attention of one new token for each of several texts over keys and values that are kept; packages/kernels/src/decode-attention.ts.
#include "decode-attention.h"

namespace {

using namespace cai;

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
    const Cache cache(heads_, groups_, tokens.last(), call.input<float>(1), call.input<float>(2));
    const auto rows = call.input<int32_t>(3);
    const auto lengths = call.input<int32_t>(4);
    const int64_t count = tokens.rows();
    require(rows.size == count && lengths.size == count, "CaiDecodeAttention: rows and lengths must have a number for each token");
    const auto y = call.output<float>(0, {count, cache.heads * cache.size});
    attend_tokens(cache, tokens.data, rows.data, lengths.data, count, y.data);
  }
};

struct FillCache : Heads {
  using Heads::Heads;

  void compute(Call& call) {
    const auto tokens = call.input<float>(0);
    const Cache cache(heads_, groups_, tokens.last(), call.input<float>(1), call.input<float>(2));
    const auto lengths = call.input<int32_t>(3);
    int64_t token = 0;
    for (int64_t row = 0; row < lengths.size; row++)
      for (int64_t column = 0; column < lengths.data[row]; column++, token++) {
        cache.require_place(row, column);
        require(token < tokens.rows(), "CaiFillCache: lengths must add up to the tokens");
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
