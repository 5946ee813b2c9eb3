export { buildDecodeGraph, type DecoderModel } from "./build-decode-graph.ts";
export { buildScoreGraph } from "./build-score-graph.ts";
export type { DecoderArchitecture, DecoderLayers } from "./decoder-layers.ts";
export { OnnxExportError } from "./error.ts";
export { exportOnnx } from "./export-onnx.ts";
export { unfolded } from "./unfolded.ts";
