import type { Nested } from "../compare.ts";
import type { Rows } from "../golden-json.ts";
import type { ExpectedPolicy } from "../policy/expected.ts";
import type { TensorSlice } from "../ppo-step/ppo-step-file.ts";

/** What a policy gives for the batch in one state of its adapter; log-probabilities at temperature 1. */
interface ExpectedState {
  readonly logits: ExpectedPolicy["logits"];
  readonly logprobs: Rows;
}

/** `expected.json` of an adapter, as far as it is read here. */
export interface ExpectedAdapter extends Pick<ExpectedPolicy, "promptColumns" | "responseColumns" | "inputIds" | "attentionMask"> {
  readonly adapterOn: ExpectedState;
  readonly merged: ExpectedState;
  readonly adapterOff: ExpectedState;
  readonly mergedWeights: readonly TensorSlice[];
  /** The mean negative log-probability of the response tokens, adapter on. */
  readonly nll: number;
  readonly nllGradients: readonly { readonly name: string; readonly values: Nested }[];
}
