export type { GgufDtype, GgufTensorInfo } from "./dtype.ts";
export { GgufError } from "./error.ts";
export type { GgufValue } from "./header.ts";
export { type GgufFile, openGguf } from "./open.ts";
export type { WrittenDtype } from "./quantize.ts";
export { type GgufSource, writeGguf } from "./write.ts";
export type { GgufEntry, WrittenValue } from "./write-header.ts";
