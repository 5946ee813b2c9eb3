import { policyDiagnostics, valueDiagnostics } from "@cai/ppo-loss";
import type { ChunkLoss } from "@cai/training";
import type { Experience } from "./experience.ts";
import type { Hyperparameters } from "./ppo-options.ts";
import { clipOptions, type PpoLoss, type PpoNumbers } from "./ppo-step-loss.ts";

/** What an optimizer step is about to do, or, as means weighted by tokens, what those of a PPO step did. */
export interface UpdateMeasures {
  readonly policyLoss: number;
  readonly valueLoss: number;
  /** Only with an entropy bonus. */
  readonly entropy: number | undefined;
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly ratioMean: number;
  readonly ratioVariance: number;
  readonly valueClipFraction: number;
}

/** Of an optimizer step's rows, from what the passes over its microbatches gave. */
export function measureUpdate(
  losses: readonly ChunkLoss<PpoNumbers, PpoLoss>[],
  minibatch: Experience,
  options: Hyperparameters,
): UpdateMeasures {
  const { mask } = minibatch.responses;
  const sum = (term: (loss: PpoLoss) => number) => losses.reduce((total, loss) => total + term(loss), 0);
  const joined = (name: "logprobs" | "values") => Float32Array.from(losses.flatMap(({ numbers }) => [...numbers[name]]));
  const { advantages, logprobs: oldLogprobs, values: oldValues, returns } = minibatch;
  const policy = policyDiagnostics({ newLogprobs: joined("logprobs"), oldLogprobs, advantages, mask, ...clipOptions(options) });
  const clip = options.valueClipRange > 0 ? options.valueClipRange : undefined;
  const value = valueDiagnostics({ newValues: joined("values"), oldValues, returns, mask, clip });
  return {
    policyLoss: sum((loss) => loss.policy),
    valueLoss: sum((loss) => loss.value),
    entropy: options.entropyCoef > 0 ? sum((loss) => loss.entropy!) : undefined,
    approxKl: policy.approxKl,
    clipFraction: policy.clipFraction,
    ratioMean: policy.ratioMean,
    ratioVariance: policy.ratioVariance,
    valueClipFraction: value.clipFraction,
  };
}
