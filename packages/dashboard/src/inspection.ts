/** A token among the likeliest in its place. */
export interface AlternativeToken {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

/** A token of a response, and what the step made of it. Log-probabilities in nats. */
export interface InspectedToken {
  readonly text: string;
  readonly id: number;
  /** Of the policy that wrote it. */
  readonly logprob: number;
  readonly refLogprob?: number;
  /** Log-probability less the reference's, both over the whole vocabulary. */
  readonly kl?: number;
  readonly advantage: number;
  readonly value?: number;
  readonly return?: number;
  readonly reward?: number;
  /** Probability after against before the step's updates. */
  readonly ratio: number;
  /** The likeliest tokens in its place, the likeliest first. */
  readonly alternatives: readonly AlternativeToken[];
}

/** A response of the step. */
export interface InspectedRow {
  readonly prompt: string;
  readonly promptTokens: readonly { readonly id: number; readonly text: string }[];
  /** Of the reward model. */
  readonly score?: number;
  readonly tokens: readonly InspectedToken[];
}

/** The gradient of a part of the model. */
export interface LayerNorm {
  /** `embedding`, `block 0` …, `final norm`, `head`, `value head`, `value model`. */
  readonly layer: string;
  /** Euclidean, of the step's first update, before clipping. */
  readonly norm: number;
  /** From 0, whose `grad_norm` is of all its layers together; each clips its own gradients. */
  readonly optimizer: number;
}

/** A step as it was made again. */
export interface InspectedStep {
  readonly metrics: Readonly<Record<string, number>>;
  readonly rows: readonly InspectedRow[];
  /** Empty where the step updated nothing. */
  readonly gradients: readonly LayerNorm[];
}

/** A number that is another when a step is made again. */
export interface ChangedNumber {
  readonly name: string;
  readonly was: number | null;
  readonly is: number | null;
}

/** A step of a run, opened again; and the same step with other options, where there are some. */
export interface Inspection {
  /** What the run is called. */
  readonly run: string;
  readonly step: number;
  /** The step of the checkpoint that it was made from; 0: from the beginning. */
  readonly from: number;
  readonly original: InspectedStep;
  /** The options that differ in `other`. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly other?: InspectedStep;
  /** The numbers of the step that the options changed. */
  readonly differences?: readonly ChangedNumber[];
}
