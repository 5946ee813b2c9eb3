import type { DecoderArchitecture } from "./decoder-layers.ts";

/** A causal language model taken apart: the architecture of a policy's `parts`, and the numbers of its weights. */
export interface DecoderModel {
  readonly architecture: DecoderArchitecture;
  /** By the architecture's names, row-major; kept, not copied, until the graph's bytes are made. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}
