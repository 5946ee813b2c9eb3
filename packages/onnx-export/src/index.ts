export { buildDecodeGraph, type DecoderModel } from "./build-decode-graph.ts";
export { buildScoreGraph } from "./build-score-graph.ts";
export { OnnxExportError } from "./error.ts";
export { exportOnnx } from "./export-onnx.ts";
export type { DecoderLayers } from "./families/family.ts";
export { familyOf } from "./families/registry.ts";
