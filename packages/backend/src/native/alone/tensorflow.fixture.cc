// As much of TensorFlow's C API as our kernels use, so that they can be run where there is no TensorFlow: for another processor under an
// emulator, or with the compiler's own checks of memory and arithmetic.
#include "tensorflow.fixture.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

struct TSL_Status {
  TF_Code code = TF_OK;
  std::string message;
};
struct TF_OpDefinitionBuilder {};
struct TF_KernelBuilder {};
struct TF_OpKernelConstruction {
  const alone::Attributes& attributes;
  std::string failure;
};
struct TF_OpKernelContext {
  const std::vector<TF_Tensor*>& inputs;
  std::vector<TF_Tensor*> outputs;
  std::string failure;
};

namespace {

double attribute(TF_OpKernelConstruction* construction, const char* name, TF_Status* status) {
  const auto found = construction->attributes.find(name);
  if (found != construction->attributes.end()) return found->second;
  TF_SetStatus(status, TF_INVALID_ARGUMENT, name);
  return 0;
}

/** At the end of its room, so that reading behind it is seen; aligned as TensorFlow's memory is. */
std::shared_ptr<void> memory(size_t bytes) {
  constexpr size_t line = 64;
  return {std::aligned_alloc(line, (bytes + line - 1) / line * line), std::free};
}

}  // namespace

extern "C" {

TF_Status* TF_NewStatus() { return new TF_Status; }
void TF_DeleteStatus(TF_Status* status) { delete status; }
TF_Code TF_GetCode(const TF_Status* status) { return status->code; }
const char* TF_Message(const TF_Status* status) { return status->message.c_str(); }
void TF_SetStatus(TF_Status* status, TF_Code code, const char* message) { *status = {code, message}; }

TF_Tensor* TF_NewTensor(TF_DataType type, const int64_t* dims, int count, void* data, size_t bytes,
                        void (*deallocate)(void*, size_t, void*), void* argument) {
  return new TF_Tensor{type, {dims, dims + count}, {data, [=](void* memory) { deallocate(memory, bytes, argument); }}};
}
void TF_DeleteTensor(TF_Tensor* tensor) { delete tensor; }
int TF_NumDims(const TF_Tensor* tensor) { return static_cast<int>(tensor->shape.size()); }
int64_t TF_Dim(const TF_Tensor* tensor, int index) { return tensor->shape[static_cast<size_t>(index)]; }
void* TF_TensorData(const TF_Tensor* tensor) { return tensor->memory.get(); }
TF_Tensor* TF_TensorMaybeMove(TF_Tensor* tensor) { return tensor->memory.use_count() == 1 ? tensor : nullptr; }

void TF_GetInput(TF_OpKernelContext* context, int index, TF_Tensor** tensor, TF_Status* status) {
  if (index >= static_cast<int>(context->inputs.size())) return TF_SetStatus(status, TF_OUT_OF_RANGE, "no such input");
  *tensor = new TF_Tensor(*context->inputs[static_cast<size_t>(index)]);
}
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType type, const int64_t* dims, int count, size_t bytes,
                             TF_Status*) {
  if (static_cast<int>(context->outputs.size()) <= index) context->outputs.resize(static_cast<size_t>(index) + 1);
  auto* const tensor = new TF_Tensor{type, {dims, dims + count}, memory(bytes)};
  context->outputs[static_cast<size_t>(index)] = new TF_Tensor(*tensor);
  return tensor;
}
void TF_SetOutput(TF_OpKernelContext* context, int index, const TF_Tensor* tensor, TF_Status*) {
  if (static_cast<int>(context->outputs.size()) <= index) context->outputs.resize(static_cast<size_t>(index) + 1);
  context->outputs[static_cast<size_t>(index)] = new TF_Tensor(*tensor);
}

void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction* construction, const char* name, float* value, TF_Status* status) {
  *value = static_cast<float>(attribute(construction, name, status));
}
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction* construction, const char* name, TF_Bool* value, TF_Status* status) {
  *value = attribute(construction, name, status) != 0;
}
void TF_OpKernelConstruction_GetAttrInt64(TF_OpKernelConstruction* construction, const char* name, int64_t* value, TF_Status* status) {
  *value = static_cast<int64_t>(attribute(construction, name, status));
}
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* construction, TF_Status* status) { construction->failure = status->message; }
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status) { context->failure = status->message; }

TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char*) { return nullptr; }
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*) {}
void TF_OpDefinitionBuilderSetIsStateful(TF_OpDefinitionBuilder*, bool) {}
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*) {}
TF_KernelBuilder* TF_NewKernelBuilder(const char*, const char*, void* (*)(TF_OpKernelConstruction*), void (*)(void*, TF_OpKernelContext*),
                                      void (*)(void*)) {
  return nullptr;
}
void TF_RegisterKernelBuilder(const char*, TF_KernelBuilder*, TF_Status*) {}

}  // extern "C"

namespace alone {

TF_Tensor* tensor(TF_DataType type, const cai::Shape& shape, const void* numbers) {
  size_t bytes = 4;  // float and int32 alike
  for (const int64_t size : shape) bytes *= static_cast<size_t>(size);
  auto* const made = new TF_Tensor{type, shape, memory(bytes)};
  std::memcpy(made->memory.get(), numbers, bytes);
  return made;
}

bool has(const std::string& name) {
  const auto& ops = cai::declared_ops();
  return std::any_of(ops.begin(), ops.end(), [&](const cai::Declared& op) { return name == op.name; });
}

std::vector<TF_Tensor*> run(const std::string& name, const Attributes& attributes, const std::vector<TF_Tensor*>& inputs) {
  for (const cai::Declared& op : cai::declared_ops()) {
    if (name != op.name) continue;
    TF_OpKernelConstruction construction{attributes, ""};
    void* const kernel = op.create(&construction);
    TF_OpKernelContext context{inputs, {}, ""};
    if (construction.failure.empty()) op.compute(kernel, &context);
    op.destroy(kernel);
    const std::string failure = construction.failure + context.failure;
    if (!failure.empty()) throw std::runtime_error(name + ": " + failure);
    return context.outputs;
  }
  throw std::runtime_error("there is no op " + name);
}

}  // namespace alone
