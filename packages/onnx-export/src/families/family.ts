import type { DecoderGraph } from "../decoder-graph.ts";
import type { AttentionHeads, DecoderModel } from "../decoder-model.ts";

/** A family's layers as ONNX operators: one file beside this one, and one line in `registry.ts`. */
export interface DecoderFamily {
  /** `model_type` in `config.json`. */
  readonly modelTypes: readonly string[];
  heads(model: DecoderModel): AttentionHeads;
  /** Writes all layers; returns the hidden states after the final norm, `[B · T, H]`. */
  hiddenStates(graph: DecoderGraph, model: DecoderModel): string;
}
