// One new token of each of several texts through a whole model, in one operation; packages/kernels/src/token-program.ts says why.
#include <cmath>
#include <map>
#include <vector>

#include "decode-attention.h"
#include "int8-matmul.h"
#include "layer-norm.h"
#include "op.h"
#include "parallel.h"
#include "product.h"
#include "rms-norm.h"
#include "rotary.h"
#include "skinny-columns.h"
#include "skinny-rows.h"
#include "token-script.h"

namespace {

using namespace cai;

constexpr int64_t least = 16384;  // numbers a thread

/** Values are matrices, a row a token: [rows, width]. */
struct Value {
  float* data;
  int64_t width;
};

/** Cosines and sines of half a head's angles, [rows, half] each. */
struct Angles {
  std::vector<float> cosine, sine;
};

/** `normal`, `reduced` and `tokens` hold what is made on the way. They stay from call to call: fresh memory costs more than filling it. */
struct Scratch {
  Room<float> values;
  std::vector<float> normal, reduced, tokens;
};

class Pass {
 public:
  Pass(Call& call, int64_t floats, int64_t integers)
      : script_(call.input<int32_t>(0)), ids_(call.input<int32_t>(1)), texts_(call.input<int32_t>(2)), lengths_(call.input<int32_t>(3)), rows_(ids_.size) {
    require(texts_.size == rows_ && lengths_.size == rows_, "CaiTokenPass: texts and lengths must have a number for each id");
    for (int64_t i = 0; i < floats; i++) floats_.push_back(call.input<float>(4 + i));
    for (int64_t i = 0; i < integers; i++) integers_.push_back(call.input<int32_t>(4 + floats + i));
    const int32_t count = script_.next();
    for (int32_t i = 0; i < count; i++) {
      values_.push_back({nullptr, script_.next()});
      require(values_[i].width > 0, "CaiTokenPass: a value has no numbers");
    }
    Value& result = value(script_.next());
    result.data = call.output<float>(0, {rows_, result.width}).data;
    int64_t numbers = 0;
    for (const Value& value : values_) numbers += value.data == nullptr ? rows_ * value.width : 0;
    float* room = scratch().values.of(numbers);
    for (Value& value : values_) {
      if (value.data != nullptr) continue;
      value.data = room;
      room += rows_ * value.width;
    }
  }

  void run() {
    if (rows_ == 0) return;
    while (!script_.has_ended()) run(static_cast<Step>(script_.next()));
  }

 private:
  static Scratch& scratch() {
    static thread_local Scratch scratch;
    return scratch;
  }

  void run(Step step) {
    switch (step) {
      case Step::embed: return embed();
      case Step::linear: return linear();
      case Step::int8_linear: return int8_linear();
      case Step::layer_norm: return layer_norm();
      case Step::rms_norm: return rms_norm();
      case Step::gated: return gated();
      case Step::add: return add();
      case Step::scale: return scale();
      case Step::attend: return attend();
    }
    require(false, "CaiTokenPass: there is no such step");
  }

  Value& value(int32_t number) {
    require(number >= 0 && number < static_cast<int32_t>(values_.size()), "CaiTokenPass: there is no such value");
    return values_[number];
  }
  Value next_value() { return value(script_.next()); }

  const Numbers<float>& next_floats() {
    const int32_t number = script_.next();
    require(number >= 0 && number < static_cast<int32_t>(floats_.size()), "CaiTokenPass: there is no such tensor");
    return floats_[number];
  }

  /** Of so many numbers; null where the program has −1. */
  const float* next_floats_or_null(int64_t size) {
    const int32_t number = script_.next();
    if (number == -1) return nullptr;
    require(number >= 0 && number < static_cast<int32_t>(floats_.size()), "CaiTokenPass: there is no such tensor");
    require(floats_[number].size == size, "CaiTokenPass: a tensor is of another size than its step");
    return floats_[number].data;
  }

  void embed() {
    const Value to = next_value();
    const auto& table = next_floats();
    const int32_t* const ids = script_.next() == 0 ? ids_.data : lengths_.data;
    require(table.last() == to.width, "CaiTokenPass: a table is of another width than its step");
    for (int64_t row = 0; row < rows_; row++) {
      require(ids[row] >= 0 && ids[row] < table.rows(), "CaiTokenPass: an id is not in its table");
      std::copy_n(table.data + ids[row] * to.width, to.width, to.data + row * to.width);
    }
  }

  /** What comes before and after a linear layer: packages/kernels/src/linear-fusion.ts. */
  struct Fusion {
    const float* x;
    Bias bias;
    bool with_gelu;
    const float* residual;
  };

  Fusion next_fusion(const Value& from, const Value& to) {
    const float* const bias = next_floats_or_null(to.width);
    const float* const gain = next_floats_or_null(from.width);
    const float* const shift = next_floats_or_null(from.width);
    const float epsilon = script_.next_number();
    const bool with_gelu = script_.next() != 0;
    const int32_t residual = script_.next();
    Fusion fusion{from.data, bias, with_gelu, nullptr};
    if (residual != -1) {
      require(value(residual).width == to.width, "CaiTokenPass: a residual is of another width than its step");
      fusion.residual = value(residual).data;
    }
    if (gain != nullptr) {
      require(shift != nullptr, "CaiTokenPass: a norm has no bias");
      auto& normal = scratch().normal;
      normal.resize(rows_ * from.width);
      for (int64_t row = 0; row < rows_; row++)
        normalise(from.data + row * from.width, gain, shift, from.width, epsilon, &normal[row * from.width]);
      fusion.x = normal.data();
    }
    return fusion;
  }

  void linear() {
    const Value to = next_value(), from = next_value();
    const auto& w = next_floats();
    const bool transposed = script_.next() != 0;
    require(w.size == from.width * to.width && w.last() == (transposed ? from.width : to.width), "CaiTokenPass: a weight does not fit its step");
    const int32_t rank = script_.next();
    const float *const a = next_floats_or_null(rank * from.width), *const b = next_floats_or_null(rank * to.width);
    const float factor = script_.next_number();
    const auto [x, bias, with_gelu, residual] = next_fusion(from, to);
    SkinnyProduct product{x, w.data, to.data, rows_, from.width, to.width, bias, with_gelu, residual};
    if (a != nullptr && b != nullptr) product.update = {reduced(x, a, rank, factor, from.width), b, rank};
    if (transposed) multiply_rows(product);
    else SkinnyColumns(product).compute();
  }

  /** factor · a · xᵀ, [rank, rows]. */
  const float* reduced(const float* x, const float* a, int64_t rank, float factor, int64_t width) const {
    auto& products = scratch().reduced;
    products.resize(rank * rows_);
    parallel(rank, 1 + least / (rows_ * width), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++)
        for (int64_t row = 0; row < rows_; row++) products[r * rows_ + row] = factor * dot(a + r * width, x + row * width, width);
    });
    return products.data();
  }

  void int8_linear() {
    const Value to = next_value(), from = next_value();
    const int32_t number = script_.next();
    require(number >= 0 && number < static_cast<int32_t>(integers_.size()), "CaiTokenPass: there is no such tensor");
    const auto& integers = integers_[number];
    const auto& scales = next_floats();
    const Shape blocks{blocks_of(to.width, block_columns), blocks_of(from.width, block_rows), block_rows / 4, block_columns};
    require(scales.size == to.width && integers.shape == blocks, "CaiTokenPass: a weight does not fit its step");
    const auto [x, bias, with_gelu, residual] = next_fusion(from, to);
    const auto* const w = reinterpret_cast<const int8_t*>(integers.data);
    multiply_int8({x, w, scales.data, bias, with_gelu, residual, to.data, rows_, from.width, to.width}, true);
  }

  void layer_norm() {
    const Value to = next_value(), from = next_value();
    const float *const gain = next_floats_or_null(from.width), *const bias = next_floats_or_null(from.width);
    const float epsilon = script_.next_number();
    require(gain != nullptr && bias != nullptr && to.width == from.width, "CaiTokenPass: a norm does not fit its step");
    for (int64_t row = 0; row < rows_; row++)
      normalise(from.data + row * from.width, gain, bias, from.width, epsilon, to.data + row * to.width);
  }

  void rms_norm() {
    const Value to = next_value(), from = next_value();
    const auto& gain = next_floats();
    const float epsilon = script_.next_number(), offset = script_.next_number();
    const int64_t width = gain.size;
    require(width > 0 && from.width % width == 0 && to.width == from.width, "CaiTokenPass: a norm does not fit its step");
    for (int64_t i = 0; i < rows_ * from.width; i += width) normalise_by_rms(from.data + i, gain.data, offset, width, epsilon, to.data + i);
  }

  void gated() {
    const Value to = next_value(), gate = next_value(), up = next_value();
    const bool with_silu = script_.next() == 0;
    require(gate.width == to.width && up.width == to.width, "CaiTokenPass: gate and up differ in width");
    parallel(rows_ * to.width, least, [&](int64_t begin, int64_t end) {
      if (with_silu)
        for (int64_t i = begin; i < end; i++) to.data[i] = gate.data[i] * sigmoid(gate.data[i]) * up.data[i];
      else
        for (int64_t i = begin; i < end; i++) to.data[i] = gelu(gate.data[i]) * up.data[i];
    });
  }

  void add() {
    const Value to = next_value(), a = next_value(), b = next_value();
    require(a.width == to.width && b.width == to.width, "CaiTokenPass: what is added differs in width");
    for (int64_t i = 0; i < rows_ * to.width; i++) to.data[i] = a.data[i] + b.data[i];
  }

  void scale() {
    const Value to = next_value(), from = next_value();
    const float factor = script_.next_number();
    require(from.width == to.width, "CaiTokenPass: what is scaled differs in width");
    for (int64_t i = 0; i < rows_ * to.width; i++) to.data[i] = from.data[i] * factor;
  }

  void attend() {
    const Value to = next_value();
    const int32_t count = script_.next();
    std::vector<Value> parts;
    int64_t width = 0;
    for (int32_t i = 0; i < count; i++) {
      parts.push_back(next_value());
      width += parts[i].width;
    }
    const int64_t heads = script_.next(), groups = script_.next();
    const auto &keys = next_floats(), &values = next_floats();
    const int32_t frequencies = script_.next();
    const Cache cache(heads, groups, width, keys, values);
    require(to.width == heads * cache.size, "CaiTokenPass: attention does not fit its step");
    auto& tokens = scratch().tokens;
    tokens.resize(rows_ * width);
    int64_t column = 0;
    for (const Value& part : parts) {
      for (int64_t row = 0; row < rows_; row++) std::copy_n(part.data + row * part.width, part.width, &tokens[row * width + column]);
      column += part.width;
    }
    if (frequencies != -1) {
      const Angles& angles = angles_of(frequencies, cache.size / 2);
      const int64_t half = cache.size / 2;
      for (int64_t row = 0; row < rows_; row++)
        for (int64_t head = 0; head < heads + groups; head++) {
          float* const turned = &tokens[row * width + head * cache.size];
          turn_head(turned, &angles.cosine[row * half], &angles.sine[row * half], 1, half, turned);
        }
    }
    attend_tokens(cache, tokens.data(), texts_.data, lengths_.data, rows_, to.data);
  }

  /** How far each token's position turns. */
  const Angles& angles_of(int32_t number, int64_t half) {
    Angles& angles = angles_[number];
    if (!angles.cosine.empty()) return angles;
    require(number >= 0 && number < static_cast<int32_t>(floats_.size()), "CaiTokenPass: there is no such tensor");
    const auto& frequencies = floats_[number];
    require(frequencies.size == half, "CaiTokenPass: frequencies do not fit their step");
    for (int64_t row = 0; row < rows_; row++)
      for (int64_t i = 0; i < half; i++) {
        const float angle = static_cast<float>(lengths_.data[row]) * frequencies.data[i];
        angles.cosine.push_back(std::cos(angle));
        angles.sine.push_back(std::sin(angle));
      }
    return angles;
  }

  TokenScript script_;
  const Numbers<int32_t> ids_, texts_, lengths_;
  const int64_t rows_;
  std::vector<Numbers<float>> floats_;
  std::vector<Numbers<int32_t>> integers_;
  std::vector<Value> values_;
  std::map<int32_t, Angles> angles_;
};

class TokenPass {
 public:
  explicit TokenPass(Attributes& attributes) : floats_(attributes.integer("N")), integers_(attributes.integer("M")) {}

  void compute(Call& call) { Pass(call, floats_, integers_).run(); }

 private:
  const int64_t floats_, integers_;
};

/** `lengths`: of each text, the tokens before this one, which are its position and its place among the keys and values. Those are written to. */
const Op<TokenPass> token_pass("CaiTokenPass",
                               {"program: int32", "ids: int32", "texts: int32", "lengths: int32", "floats: N * float", "integers: M * int32"},
                               {"y: float"}, {"N: int >= 0", "M: int >= 0"});

}  // namespace
