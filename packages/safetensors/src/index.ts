export type { Dtype, TensorData } from "./dtype.ts";
export { SafetensorsError } from "./error.ts";
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half.ts";
export type { TensorInfo } from "./header.ts";
export type { TensorEntry } from "./layout.ts";
export { openSafetensors, type ReadTensor, type SafetensorsFile } from "./open.ts";
export { openModelSafetensors, openShardedSafetensors } from "./open-sharded.ts";
export { type TensorSource, writeSafetensors } from "./write.ts";
