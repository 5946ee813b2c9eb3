import type { GgufFormat } from "../gguf/format.ts";
import type { BlockOperations } from "./block-operations.ts";
import type { ConfigFields } from "./config-fields.ts";

/** A family of models: one file beside this one, and one line in `registry.ts`. */
export interface ModelFamily {
  /** `model_type` in `config.json`. */
  readonly modelType: string;
  /** Throws PolicyError where the configuration is wrong or asks for something that is not built. */
  architecture(config: ConfigFields): ModelArchitecture;
  readonly gguf: GgufFormat;
}

/** A model of one family with its configuration: sizes, weights by name, and what its blocks compute. */
export interface ModelArchitecture {
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly layerCount: number;
  /** In the order in which tokens meet them; tied weights once. */
  readonly parameters: readonly ParameterSpec[];
  /** How linear weights are stored: `[in, out]` or `[out, in]`. */
  readonly linearLayout: "input-output" | "output-input";
  /** What the first block reads: the rows of these tables, by a token's id and by its place in its text, added up and times `scale`. */
  readonly embedding: { readonly tokens: string; readonly positions?: string; readonly scale?: number };
  readonly attention: AttentionHeads;
  /**
   * For each layer the radians a position by which the pairs `(i, i + d / 2)` of a head's numbers are turned, `[d / 2]`; layers that turn alike
   * have one array. Left out where positions are told otherwise.
   */
  readonly rotaryFrequencies?: readonly Float32Array[];
  /** `[V, H]`: logits are the hidden states times its transpose. */
  readonly outputWeight: string;
  /** The parameter's name for a tensor's name in a file; `undefined` for buffers that hold no weight and are skipped. */
  parameterName(tensorName: string): string | undefined;
  /**
   * `[N, H]` → `[N, H]`. With `rowsRead`, which picks R of N rows, `[R, H]`: all are keys and values, and behind its attention the block goes on
   * with these alone.
   */
  block<Value>(layer: number, hidden: Value, operations: BlockOperations<Value>, rowsRead?: (rows: Value) => Value): Value;
  /** `[N, H]` → `[N, H]`. */
  finalNorm<Value>(hidden: Value, operations: BlockOperations<Value>): Value;
}

/** What `rowsRead` of a block is where somebody reads all of them. */
export const everyRow = <Value>(rows: Value): Value => rows;

/** How attention is cut into heads. */
export interface AttentionHeads {
  readonly headCount: number;
  /** As many, or fewer, each shared by as many neighbouring heads of the queries. */
  readonly keyValueHeadCount: number;
  readonly headSize: number;
}

/** A weight that a model has: its name in Hugging Face's files, and what it is when a model starts from nothing. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** The block it belongs to: 0 … L−1; −1 for embeddings, L for what follows the last block. */
  readonly layer: number;
  /** One number throughout, or normal numbers with mean 0. */
  readonly initial: { readonly constant: number } | { readonly standardDeviation: number };
}
