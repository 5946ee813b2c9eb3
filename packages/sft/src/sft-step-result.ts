import type { FailedStep } from "@cai/training";
import type { Pack } from "./prepare-examples.ts";

/** What a step did. */
export interface SftStepResult {
  /** Counted from 1. */
  readonly step: number;
  /** Mean negative log-likelihood of the tokens that count, in nats, before the update. */
  readonly loss: number;
  /** Tokens of the step's examples, those that don't count included. */
  readonly tokens: number;
  /** A line of `metrics.jsonl`, names as in TRL. */
  readonly metrics: Readonly<Record<string, number>>;
  /** None: nothing is drawn. */
  readonly samples: readonly [];
  /** The update where it was not made, as its loss or gradient was not finite. */
  readonly failed: FailedStep | undefined;
}

/** Gathers a step's numbers under TRL's names. */
export function sftStepResult(given: {
  readonly step: number;
  readonly packs: readonly Pack[];
  readonly loss: number;
  readonly entropy: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Of the steps before it. */
  readonly tokensBefore: number;
  readonly failed: FailedStep | undefined;
  readonly seconds: Readonly<Record<"time/total", number>>;
}): SftStepResult {
  const { step, packs, loss, entropy, gradientNorm, learningRate, tokensBefore, failed, seconds } = given;
  const tokens = packs.flat().reduce((sum, { ids }) => sum + ids.length, 0);
  const metrics = {
    loss,
    entropy,
    num_tokens: tokensBefore + tokens,
    grad_norm: gradientNorm,
    lr: learningRate,
    tokens_per_second: tokens / seconds["time/total"],
    ...seconds,
  };
  return { step, loss, tokens, metrics, samples: [], failed };
}
