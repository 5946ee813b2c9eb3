import { join } from "node:path";
import { loadPolicy } from "@cai/policy";
import { temporaryFolder, tinyGpt2 } from "@cai/testing";
import type { SftExample } from "./encode-example.ts";
import { SFTTrainer, type SFTTrainerOptions } from "./sft-trainer.ts";

export const tinyExamples: readonly SftExample[] = [
  { prompt: "Hello", completion: ", how are you?" },
  { prompt: "The cat", completion: " sat on the mat." },
  { text: "Once upon a time there was a king." },
  { prompt: "I am", completion: " here." },
  { text: "Why not?" },
  { prompt: "It is", completion: " late, and we went home long ago." },
];

/** A trainer on a fresh copy of the tiny model. */
export async function tinyTrainer(options: Partial<SFTTrainerOptions> = {}): Promise<SFTTrainer> {
  return SFTTrainer.create({ policy: await loadPolicy(tinyGpt2), batchSize: 4, learningRate: 1e-3, ...options });
}

/** Disposes of a trainer and its policy. */
export function disposeTrainer(trainer: SFTTrainer): void {
  trainer.dispose();
  trainer.parts.policy.dispose();
}

/** A new folder of its own, which goes with the test; the run goes into a subfolder that does not exist yet. */
export async function freshRunFolder(): Promise<string> {
  return join(await temporaryFolder(), "run");
}
