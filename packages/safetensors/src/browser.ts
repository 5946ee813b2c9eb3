// What there is of this package where there are no files: all of index.ts but what opens and writes them.
export type { Dtype, TensorData } from "./dtype.ts";
export { SafetensorsError } from "./error.ts";
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half.ts";
export type { TensorInfo } from "./header.ts";
export type { TensorEntry } from "./layout.ts";
export { type ParsedSafetensors, parseSafetensors, type ReadTensor } from "./parse.ts";
export { serializeSafetensors, type TensorWithData } from "./serialize.ts";
