import type { SequenceBatch } from "@cai/contracts";
import type { PassTensors } from "@cai/training";
import type { SftParts } from "./sft-options.ts";

/** What a pass over some examples gives, `[B, T]` over the response tokens each. */
export type SftNumbers = { readonly logprobs: Float32Array; readonly entropy: Float32Array };

/** The tensors that those are read from: the policy's, under the full vocabulary at temperature 1. */
export function forward({ policy }: SftParts, rows: SequenceBatch): PassTensors<SftNumbers> {
  const { logprobs, entropy } = policy.tokenLogprobs(policy.hiddenStates(rows), rows.responses, { temperature: 1, entropy: true });
  return { logprobs, entropy: entropy! };
}
