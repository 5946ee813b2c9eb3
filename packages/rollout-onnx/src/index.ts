export { RolloutError } from "./error.ts";
export { OnnxGenerator, type OnnxGeneratorOptions } from "./onnx-generator.ts";
