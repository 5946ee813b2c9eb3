import type { CausalPolicy } from "@cai/policy";

type Architecture = CausalPolicy["parts"]["architecture"];

/** A causal language model taken apart: the `parts` of a policy, and the numbers of its weights. */
export interface DecoderModel {
  /** `config.json`, as the policy checked it. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly architecture: Pick<
    Architecture,
    "layerCount" | "vocabSize" | "parameters" | "linearLayout" | "outputWeight" | "rotaryFrequencies"
  >;
  /** By the architecture's names, row-major; kept, not copied, until the graph's bytes are made. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** A model without its numbers. */
export type DecoderStructure = Omit<DecoderModel, "weights">;

/** How a family's attention is cut into heads. */
export interface AttentionHeads {
  readonly headCount: number;
  /** Each shared by as many neighbouring heads of the queries. */
  readonly keyValueHeadCount: number;
  readonly headSize: number;
}
