// Runs every op of ours on numbers that are the same everywhere, and prints what it gives and what it writes to its inputs: a line a tensor, the name
// and the numbers. Sizes are such that whole vectors, tiles and blocks have a rest.
#include <cmath>
#include <cstdio>
#include <cstring>

#include "tensorflow.fixture.h"

namespace {

using alone::Attributes;
using cai::Shape;

uint32_t state = 1;

float number(float range) {
  state = state * 1664525u + 1013904223u;
  return (static_cast<float>(state >> 8) / 8388608.0f - 1.0f) * range;
}

int64_t size_of(const Shape& shape) {
  int64_t size = 1;
  for (const int64_t dimension : shape) size *= dimension;
  return size;
}

TF_Tensor* floats(const Shape& shape, float range = 1) {
  std::vector<float> numbers(static_cast<size_t>(size_of(shape)));
  for (float& each : numbers) each = number(range);
  return alone::tensor(TF_FLOAT, shape, numbers.data());
}
TF_Tensor* positive(const Shape& shape) {
  TF_Tensor* const made = floats(shape);
  auto* const numbers = static_cast<float*>(made->memory.get());
  for (int64_t i = 0; i < size_of(shape); i++) numbers[i] = std::abs(numbers[i]) + 0.01f;
  return made;
}
TF_Tensor* given(const std::vector<float>& numbers) { return alone::tensor(TF_FLOAT, {static_cast<int64_t>(numbers.size())}, numbers.data()); }
TF_Tensor* integers(const std::vector<int32_t>& numbers) {
  return alone::tensor(TF_INT32, {static_cast<int64_t>(numbers.size())}, numbers.data());
}
/** float64 as two int32 each. */
TF_Tensor* doubles(const std::vector<double>& numbers) {
  return alone::tensor(TF_INT32, {2 * static_cast<int64_t>(numbers.size())}, numbers.data());
}
TF_Tensor* ticket(TF_Tensor* tensor) {
  const auto made = alone::run("CaiDonate", {}, {tensor});
  delete tensor;
  return made[0];
}

void print(const std::string& name, const TF_Tensor* tensor) {
  std::printf("%s", name.c_str());
  for (int64_t i = 0; i < size_of(tensor->shape); i++) {
    if (tensor->type == TF_FLOAT) std::printf(" %.9g", static_cast<double>(static_cast<const float*>(tensor->memory.get())[i]));
    else std::printf(" %d", static_cast<const int32_t*>(tensor->memory.get())[i]);
  }
  std::printf("\n");
}

std::vector<TF_Tensor*> show(const std::string& op, const Attributes& attributes, const std::vector<TF_Tensor*>& inputs) {
  std::vector<std::vector<char>> before;
  for (const TF_Tensor* input : inputs) {
    const auto* const bytes = static_cast<const char*>(input->memory.get());
    before.emplace_back(bytes, bytes + 4 * size_of(input->shape));
  }
  const auto outputs = alone::run(op, attributes, inputs);
  for (size_t i = 0; i < outputs.size(); i++) print(op + ".output" + std::to_string(i), outputs[i]);
  for (size_t i = 0; i < inputs.size(); i++)
    if (std::memcmp(before[i].data(), inputs[i]->memory.get(), before[i].size()) != 0) print(op + ".input" + std::to_string(i), inputs[i]);
  return outputs;
}

void elementwise() {
  const auto x = floats({300}, 20), y = floats({300}, 20), z = floats({300});
  show("CaiGelu", {}, {x});
  show("CaiGelu", {}, {given({-1e30f, -100, -88, -87.3f, 0, 88.7f, 1e30f, INFINITY, -INFINITY, NAN, -NAN})});
  show("CaiGeluGradient", {}, {x, z});
  show("CaiSwiglu", {}, {x, y});
  show("CaiSwigluGradient", {}, {x, y, z});
  show("CaiAdd", {}, {x, y});
  show("CaiCopy", {}, {x});
  show("CaiTranspose", {}, {floats({37, 45})});
  show("CaiRotary", {{"heads", 3}, {"back", 0}}, {floats({5, 40}), floats({5, 10}), floats({5, 10})});
  show("CaiAdamW", {}, {ticket(floats({100})), floats({100}), positive({100}), floats({100}), given({0.99f, 0.01f, 0.9f, 0.1f, 0.99f, 0.01f, 3, 1e-8f, 0.5f})});
}

void rows() {
  const auto x = floats({7, 150}), gain = floats({150}), bias = floats({150}), dy = floats({7, 150});
  const auto normal = show("CaiLayerNorm", {{"epsilon", 1e-5}}, {x, gain, bias});
  show("CaiLayerNormGradient", {}, {x, normal[1], gain, dy});
  show("CaiLayerNormGainGradient", {}, {x, normal[1], dy});
  const auto scaled = show("CaiRmsNorm", {{"epsilon", 1e-5}}, {x, gain});
  show("CaiRmsNormGradient", {}, {x, scaled[1], gain, dy});
  show("CaiRmsNormGainGradient", {}, {x, scaled[1], dy});
  show("CaiAddBias", {}, {floats({7, 150}), bias});
  show("CaiSumRows", {}, {x});
  show("CaiSumsOfSquares", {{"N", 2}}, {x, floats({70001})});
  show("CaiScatterAddRows", {}, {floats({4, 33}), integers({3, 0, 3}), floats({3, 33})});
}

void products() {
  for (const double rest : {0.0, 1.0})
    for (const double transposed : {0.0, 1.0})
      for (const int64_t rows : {1, 5, 16}) {
        const int64_t inner = rest == 0 ? 256 : 403, columns = rest == 0 ? 128 : 71;
        const Attributes around{{"gelu", rest}, {"epsilon", 1e-5}, {"N", rest}, {"M", rest}, {"L", rest}};
        std::vector<TF_Tensor*> further;
        if (rest == 1) further = {floats({columns}), floats({rows, columns}), floats({inner}), floats({inner})};
        const auto x = floats({rows, inner}), w = transposed == 1 ? floats({columns, inner}) : floats({inner, columns});
        Attributes attributes = around;
        attributes["transposed"] = transposed;
        std::vector<TF_Tensor*> inputs{x, w};
        inputs.insert(inputs.end(), further.begin(), further.end());
        show("CaiSkinnyMatMul", attributes, inputs);

        const auto quantized = show("CaiQuantizeColumns", {{"transposed", transposed}, {"scale", 2}, {"N", 2}},
                                    {w, floats({3, inner}, 0.1f), floats({columns, 3}, 0.1f)});
        attributes = around;
        attributes["tiles"] = 1;
        inputs = {x, quantized[0], quantized[1]};
        inputs.insert(inputs.end(), further.begin(), further.end());
        show("CaiInt8MatMul", attributes, inputs);
      }
  for (const double transposed : {0.0, 1.0}) {
    const auto right = transposed == 1 ? floats({45, 3}) : floats({3, 45});
    show("CaiAddLowRank", {{"scale", 0.5}, {"transposed", transposed}}, {floats({11, 45}), floats({3, 11}), right});
    show("CaiAddLowRankOfRows", {{"scale", 0.5}, {"transposed", transposed}}, {floats({11, 45}), floats({11, 70}), floats({3, 70}), right});
  }
}

void attention() {
  const Attributes heads{{"heads", 4}, {"key_value_heads", 2}};
  for (const int64_t size : {16, 20}) {
    const auto x = floats({130, 8 * size}), dy = floats({130, 4 * size});
    const auto lengths = integers({1, 100, 29});
    const auto y = show("CaiPackedAttention", heads, {x, lengths});
    show("CaiPackedAttentionGradient", heads, {x, lengths, y[0], y[1], dy});
    const auto keys = floats({2, 2, 50, size}), values = floats({2, 2, 50, size});
    show("CaiFillCache", heads, {floats({45, 8 * size}), keys, values, integers({40, 5})});
    show("CaiDecodeAttention", heads, {floats({2, 8 * size}), keys, values, integers({1, 0}), integers({5, 40})});
  }
}

void tokens() {
  const auto logits = floats({3, 1000}, 10), temperature = given({0.7f});
  const auto ids = integers({0, 999, 500});
  const auto found = show("CaiTokenLogprobs", {}, {logits, ids, temperature});
  const auto dlogprobs = floats({3}), dentropies = floats({3});
  show("CaiTokenLogprobsGradient", {}, {logits, ids, temperature, found[2], found[1], dlogprobs, dentropies});
  const auto held = ticket(floats({3, 1000}, 10));
  show("CaiTokenLogprobsGradientInPlace", {}, {held, ids, temperature, found[2], found[1], dlogprobs, dentropies});
  for (const double degree : {0.0, 0.7})
    show("CaiDrawTokens", {}, {logits, doubles({0.1, 0.5, 0.999}), doubles({degree}), integers({1, 999})});
  for (const float bad : {NAN, -NAN, INFINITY, -INFINITY})
    for (const int64_t size : {1, 7, 8, 33, 300})
      for (const int64_t place : {int64_t{0}, size / 2, size - 1}) {
        const auto spoilt = floats({1, size});
        static_cast<float*>(spoilt->memory.get())[place] = bad;
        print("CaiDrawTokens.refused", alone::run("CaiDrawTokens", {}, {spoilt, doubles({0.5}), doubles({1}), integers({-1})})[0]);
      }
}

void stored_numbers() {
  std::FILE* const file = std::tmpfile();
  const std::vector<uint16_t> halves{0x3c00, 0x8001, 0x03ff, 0xc248, 0x7bff, 0x3f80, 0x7c00};
  std::fwrite(halves.data(), sizeof halves[0], halves.size(), file);
  std::fflush(file);
  for (const int kind : {0, 1, 2})
    for (const int count : {1, kind == 0 ? 3 : 6})
      show("CaiReadFloats", {}, {integers({fileno(file), 0, 2, kind}), integers({count})});
  std::fclose(file);
}

/** Where a level has no such op, the numbers that it would give. */
void matrices() {
  const int64_t rows = 45, inner = 300, columns = 37;
  for (const bool turned_a : {false, true})
    for (const bool turned_b : {false, true}) {
      const auto a = turned_a ? floats({inner, rows}) : floats({rows, inner}), b = turned_b ? floats({columns, inner}) : floats({inner, columns});
      const auto bias = floats({columns});
      if (alone::has("CaiMatMul")) {
        show("CaiMatMul", {{"transpose_a", turned_a}, {"transpose_b", turned_b}, {"N", 1}}, {a, b, bias});
        continue;
      }
      const auto at = [](const TF_Tensor* x, int64_t row, int64_t column) {
        return static_cast<double>(static_cast<const float*>(x->memory.get())[row * x->shape[1] + column]);
      };
      std::vector<float> sums;
      for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
          double sum = static_cast<const float*>(bias->memory.get())[j];
          for (int64_t k = 0; k < inner; k++) sum += (turned_a ? at(a, k, i) : at(a, i, k)) * (turned_b ? at(b, j, k) : at(b, k, j));
          sums.push_back(static_cast<float>(sum));
        }
      print("CaiMatMul.output0", given(sums));
    }
}

/** Two tokens' rows of a table, their layers by weights of either kind with GELU, and attention over what is kept. */
void passes() {
  const auto quantized = alone::run("CaiQuantizeColumns", {{"transposed", 0}, {"scale", 0}, {"N", 0}}, {floats({40, 64})});
  const auto program = integers({4, 40, 64, 64, 32, 3,                                       // the widths of four values; the last is the result
                                 0, 0, 0, 0,                                                 // embed
                                 1, 1, 0, 1, 0, 0, -1, -1, 0, -1, -1, -1, 0, 1, -1,          // linear
                                 2, 2, 0, 0, 2, -1, -1, -1, 0, 0, 1,                         // linear, of 8 bits
                                 8, 3, 1, 2, 4, 2, 3, 4, 5});                                // attend
  const auto keys = floats({2, 2, 50, 8}), values = floats({2, 2, 50, 8});
  const std::vector<TF_Tensor*> tensors{floats({7, 40}), floats({40, 64}), quantized[1], keys, values, given({1, 0.3f, 0.1f, 0.01f}), quantized[0]};
  std::vector<TF_Tensor*> inputs{program, integers({6, 0}), integers({1, 0}), integers({5, 40})};
  inputs.insert(inputs.end(), tensors.begin(), tensors.end());
  show("CaiTokenPass", {{"N", 6}, {"M", 1}}, inputs);
}

/** Through a file that has no name. */
void resting_tensors() {
  if (!alone::has("CaiMapTensor")) return;
  const Shape shape = {130, 127};
  const auto x = floats(shape);
  const int file = fileno(std::tmpfile());
  print("CaiWriteTensor.next_page", alone::run("CaiWriteTensor", {}, {x, integers({file, 1})})[0]);
  const auto read = alone::run("CaiMapTensor", {}, {integers({file, 1, 130, 127})})[0];
  print("CaiMapTensor.unequal", integers({std::memcmp(x->memory.get(), read->memory.get(), sizeof(float) * static_cast<size_t>(size_of(shape)))}));
  delete read;
}

}  // namespace

int main() {
  cai::register_ops();
  elementwise();
  rows();
  products();
  attention();
  tokens();
  passes();
  stored_numbers();
  matrices();
  resting_tensors();
}
