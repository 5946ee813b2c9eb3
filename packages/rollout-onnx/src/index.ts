export { RolloutError } from "./error.ts";
export { type Int8Coding, int8Coding } from "./int8-coding.ts";
export { OnnxGenerator, type OnnxGeneratorOptions } from "./onnx-generator.ts";
