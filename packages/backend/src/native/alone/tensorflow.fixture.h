// Runs an op of ours without TensorFlow.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "../kernels/op.h"

struct TF_Tensor {
  TF_DataType type;
  cai::Shape shape;
  std::shared_ptr<void> memory;
};

namespace alone {

using Attributes = std::map<std::string, double>;

/** A copy of those numbers, float or int32. */
TF_Tensor* tensor(TF_DataType type, const cai::Shape& shape, const void* numbers);

/** Whether the level has the op. */
bool has(const std::string& op);

/** The outputs; throws what the op says. */
std::vector<TF_Tensor*> run(const std::string& op, const Attributes& attributes, const std::vector<TF_Tensor*>& inputs);

}  // namespace alone
