import { join } from "node:path";
import type { ScoreRequest } from "@cai/contracts";
import { loadPolicy } from "@cai/policy";
import { temporaryFolder, tinyGpt2 } from "@cai/testing";
import type { PPOTrainerOptions } from "./ppo-parts.ts";
import { PPOTrainer } from "./ppo-trainer.ts";

/** Two layers, 32 numbers wide, a vocabulary of 512. */
export const tinyModel = tinyGpt2;

export const tinyPrompts = ["Hello", "The cat sat", "Once upon a time", "I am", "Why not?", "It is", "We went home", "A"];

/** Rewards the share of tokens below id 128: something that a tiny model can learn. */
export async function lowIdReward({ responseIds }: ScoreRequest): Promise<Float32Array> {
  return Float32Array.from(responseIds, (ids) => ids.filter((id) => id < 128).length / ids.length);
}

/** A trainer on a fresh copy of the tiny model, with short responses. */
export async function tinyTrainer(options: Partial<PPOTrainerOptions> = {}): Promise<PPOTrainer> {
  const policy = options.policy ?? (await loadPolicy(tinyModel));
  return PPOTrainer.create({ policy, rewardModel: lowIdReward, batchSize: 4, maxNewTokens: 6, epochs: 2, learningRate: 1e-3, ...options });
}

/** Disposes of a trainer and its policy. */
export function disposeTrainer(trainer: PPOTrainer): void {
  trainer.dispose();
  trainer.parts.policy.dispose();
}

/** A new folder of its own, which goes with the test; the run goes into a subfolder that does not exist yet. */
export async function freshRunFolder(): Promise<string> {
  return join(await temporaryFolder(), "run");
}
