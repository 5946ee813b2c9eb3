/** Of a tensor in an update of a golden file; `at` are places in the flattened tensor. */
export interface GoldenTensor {
  readonly name: string;
  readonly at: readonly number[];
  /** Of the whole tensor's gradient, before clipping. */
  readonly norm: number;
  readonly gradient: readonly number[];
  /** The weights after the optimizer step. */
  readonly after: readonly number[];
}

/** One optimizer step by a trainer of TRL. */
export interface GoldenUpdate {
  readonly loss: number;
  /** Of all gradients together, before clipping. */
  readonly gradNorm: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tensors: readonly GoldenTensor[];
}

/** Options of AdamW, in every update's `params`. */
export type OptimizerParams = Readonly<
  Record<"learningRate" | "adamBeta1" | "adamBeta2" | "adamEpsilon" | "weightDecay" | "maxGradNorm", number>
>;

/** Those alone, of a case's `params`. */
export function adamOptions(params: OptimizerParams): OptimizerParams {
  const { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm } = params;
  return { learningRate, adamBeta1, adamBeta2, adamEpsilon, weightDecay, maxGradNorm };
}

/** What `make-trl.py` records of a step of training. */
export interface UpdateCase<Params, Inputs, Expected = unknown> {
  readonly name: string;
  /** A model's folder beside the golden file. */
  readonly model: string;
  readonly params: OptimizerParams & Params;
  readonly inputs: Inputs;
  readonly expected: { readonly updates: readonly GoldenUpdate[] } & Expected;
}

/** What `make-trl.py` records of a loss whose forward pass is given. */
export interface LossCase<Params, Inputs, Expected> {
  readonly name: string;
  readonly params: Params;
  readonly inputs: Inputs;
  readonly expected: { readonly loss: number; readonly metrics: Readonly<Record<string, number>> } & Expected;
}
