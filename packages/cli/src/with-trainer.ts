import type { RewardModel } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { type Hyperparameters, PPOTrainer } from "@cai/trainer";
import { abortOnInterrupt } from "./interrupt.ts";
import type { ProgressBar } from "./progress-bar.ts";
import { openRolloutEngine, type RolloutEngine } from "./rollout-engine.ts";

/** What a trainer is made of. */
interface TrainerParts {
  readonly policy: CausalPolicy;
  readonly rewardModel: RewardModel;
  readonly rollout: RolloutEngine;
  readonly hyperparameters: Partial<Hyperparameters>;
  /** Says when the run is interrupted. */
  readonly bar: ProgressBar | undefined;
}

/**
 * Does `work` with a trainer and a signal that the first Ctrl-C aborts. Afterwards, also where something was thrown, the bar is ended, and
 * trainer, rollout engine, policy and reward model are disposed of.
 */
export async function withTrainer<Result>(
  { policy, rewardModel, rollout, hyperparameters, bar }: TrainerParts,
  work: (trainer: PPOTrainer, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  let generator: Awaited<ReturnType<typeof openRolloutEngine>>;
  let trainer: PPOTrainer | undefined;
  let interrupt: ReturnType<typeof abortOnInterrupt> | undefined;
  try {
    generator = await openRolloutEngine(rollout, policy);
    trainer = await PPOTrainer.create({ policy, rewardModel, ...(generator && { generator }), ...hyperparameters });
    interrupt = abortOnInterrupt((line) => bar?.say(line));
    return await work(trainer, interrupt.signal);
  } finally {
    interrupt?.release();
    bar?.end();
    trainer?.dispose();
    await generator?.dispose();
    policy.dispose();
    await rewardModel.dispose?.();
  }
}
