import type { TrainablePolicy } from "@cai/contracts";
import type { PromptFormat } from "@cai/feedback";
import type * as tf from "@tensorflow/tfjs-core";
import type { Turns } from "./turns.ts";

/** What is asked of a policy that is served; every `CausalPolicy` has it. */
export type ServedPolicy = Pick<
  TrainablePolicy<tf.Tensor>,
  "generate" | "hiddenStates" | "tokenLogprobs" | "tokenizer" | "vocabSize" | "contextLength"
> &
  Required<Pick<TrainablePolicy<tf.Tensor>, "logits">>;

/** What the routes stand on. */
export interface Served {
  readonly policy: ServedPolicy;
  readonly format: PromptFormat;
  readonly model: string;
  /** "" for none. */
  readonly apiKey: string;
  readonly maxBodyBytes: number;
  readonly seed: number;
  readonly turns: Turns;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}
