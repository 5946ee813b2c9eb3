#include "op.h"

namespace cai {

std::vector<Declared>& declared_ops() {
  static std::vector<Declared> ops;
  return ops;
}

void register_ops() {
  Status status;
  for (const Declared& op : declared_ops()) {
    TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(op.name);
    for (const char* attribute : op.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
    for (const char* input : op.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
    for (const char* output : op.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
    // Some write to their inputs: none may be left out or joined with another.
    TF_OpDefinitionBuilderSetIsStateful(definition, true);
    TF_RegisterOpDefinition(definition, status.get());
    status.check();
    TF_RegisterKernelBuilder(op.name, TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.destroy), status.get());
    status.check();
  }
}

}  // namespace cai
