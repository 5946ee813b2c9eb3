/** Of a policy, in bytes; `memory` of @cai/policy's is one. */
export interface ModelMemory {
  readonly weights: number;
  readonly trained: number;
  /** What a token keeps from a forward pass to its backward pass. */
  readonly keptToken: number;
  readonly logits: number;
  /** Logits that are held at once, at most. */
  readonly mostLogits: number;
  /** Keys and values of a token in generation. */
  readonly cachedToken: number;
}

/** How many tokens there are at once. */
export interface StepTokens {
  /** Rows of a forward and backward pass. */
  readonly rows: number;
  /** Whether an update adds up the gradients of several of them. */
  readonly accumulates: boolean;
  /** Rows that are written together; 0 where none are. */
  readonly writtenRows: number;
  /** Of a row, at most. */
  readonly promptTokens: number;
  readonly responseTokens: number;
}

/** Bytes at the peak of a step, by what takes them. */
export interface PeakMemory {
  readonly weights: number;
  /** AdamW's two moments. */
  readonly optimizer: number;
  readonly gradients: number;
  readonly reference: number;
  /** What a forward pass keeps for its backward pass. */
  readonly activations: number;
  readonly logits: number;
  /** Keys and values while responses are written; no activations are kept then. */
  readonly cache: number;
  /** Node, TensorFlow and its libraries, ONNX Runtime. */
  readonly program: number;
  readonly peak: number;
}

/** Node with native TensorFlow, its kernels and ONNX Runtime, before there is a model. */
const programBytes = 0.5e9;

/**
 * What a step will take, from shapes alone: weights and moments all the time, and gradients beside what is left of the activations at the end
 * of a backward pass, or keys and values while responses are written. What the passes free is used again and not given back.
 *
 * @param options.reference bytes: 0 where it is on disk, or the policy's own weights under an adapter
 * @example
 * const tokens = { rows: 8, accumulates: false, writtenRows: 8, promptTokens: 16, responseTokens: 24 };
 * const { peak } = peakMemory(policy.memory, { tokens, reference: 0 }); // of GPT-2 small: 2.7e9
 */
export function peakMemory(
  model: ModelMemory,
  { tokens, reference }: { readonly tokens: StepTokens; readonly reference: number },
): PeakMemory {
  const { rows, accumulates, writtenRows, promptTokens, responseTokens } = tokens;
  const text = promptTokens + responseTokens;
  const gradients = model.trained * (accumulates ? 2 : 1);
  const activations = rows * text * model.keptToken;
  const logits = Math.min(rows * responseTokens * model.logits, Math.max(model.mostLogits, model.logits));
  const cache = writtenRows * (text * model.cachedToken + model.logits);
  const { weights } = model;
  const optimizer = 2 * model.trained;
  const peak = programBytes + weights + optimizer + reference + Math.max(gradients + activations + logits, cache);
  return { weights, optimizer, gradients, reference, activations, logits, cache, program: programBytes, peak };
}
