export { buildDecodeGraph, type DecoderModel } from "./build-decode-graph.ts";
export { OnnxExportError } from "./error.ts";
export { exportOnnx } from "./export-onnx.ts";
