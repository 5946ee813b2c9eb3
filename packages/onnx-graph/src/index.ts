export type { Attribute } from "./attribute.ts";
export { OnnxGraphError } from "./error.ts";
export { GraphBuilder, type ModelOptions, type NodeOptions } from "./graph-builder.ts";
export { int8Scales } from "./int8-scales.ts";
export { type GraphDescription, type ModelDescription, type NodeDescription, readModel, type ValueDescription } from "./read-model.ts";
export type { DataType, TensorData, TypedArray } from "./tensor.ts";
