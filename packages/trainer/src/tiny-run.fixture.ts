import { join } from "node:path";
import type { ScoreRequest } from "@cai/contracts";
import { type CausalPolicy, loadPolicy } from "@cai/policy";
import { temporaryFolder, tinyGpt2 } from "@cai/testing";
import * as tf from "@tensorflow/tfjs-core";
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

/**
 * The tiny model, with passes whose log-probabilities are NaN: those for which `breaks` says so. Steps are told by their draws; passes are counted
 * from 1 within each.
 */
export async function breakingPolicy(breaks: (step: number, pass: number) => boolean): Promise<CausalPolicy> {
  const policy = await loadPolicy(tinyModel);
  const { generate, tokenLogprobs } = policy;
  let [step, pass] = [0, 0];
  policy.generate = (prompts, sampling) => {
    [step, pass] = [sampling.draws.step, 0];
    return generate.call(policy, prompts, sampling);
  };
  policy.tokenLogprobs = (...given) => {
    pass++;
    const read = tokenLogprobs.apply(policy, given);
    return breaks(step, pass) ? { ...read, logprobs: tf.mul(read.logprobs, Number.NaN) } : read;
  };
  return policy;
}

/** A new folder of its own, which goes with the test; the run goes into a subfolder that does not exist yet. */
export async function freshRunFolder(): Promise<string> {
  return join(await temporaryFolder(), "run");
}
