import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPolicy } from "@cai/policy";
import { goldenPath } from "@cai/testing";
import { onTestFinished } from "vitest";
import type { SftExample } from "./encode-example.ts";
import { SFTTrainer, type SFTTrainerOptions } from "./sft-trainer.ts";

/** Two layers, 32 numbers wide, a vocabulary of 512. */
export const tinyModel = goldenPath("tiny-gpt2");

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
  return SFTTrainer.create({ policy: await loadPolicy(tinyModel), batchSize: 4, learningRate: 1e-3, ...options });
}

/** Disposes of a trainer and its policy. */
export function disposeTrainer(trainer: SFTTrainer): void {
  trainer.dispose();
  trainer.parts.policy.dispose();
}

/** A new folder of its own, which goes with the test; the run goes into a subfolder that does not exist yet. */
export async function freshRunFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cai-sft-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "run");
}
