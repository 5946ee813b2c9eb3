// long-run.ts <model> <out> <steps>: trains a tiny model, and prints a line of JSON each fifty steps; run with --expose-gc.
import { readFileSync } from "node:fs";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { PPOTrainer } from "@cai/trainer";
import * as tf from "@tensorflow/tfjs-core";

const [, , model = "", out = "", steps = ""] = process.argv;

await prepareBackend();
const trainer = await PPOTrainer.create({
  policy: await loadPolicy(model),
  rewardModel: ({ responses }) => Float32Array.from(responses, (text) => text.length / 10),
  batchSize: 2,
  maxNewTokens: 4,
  epochs: 1,
  checkpointEvery: 200,
});
const prompts = ["the old house", "a letter", "somebody came"];
for await (const { step } of trainer.steps(prompts, { steps: Number(steps), out })) {
  if (step % 50 !== 0) continue;
  globalThis.gc!();
  console.log(JSON.stringify({ step, tensors: tf.memory().numTensors, bytes: ownBytes() }));
}

/** What the process itself holds. Pages of files, such as TensorFlow's library, come and go as the system likes. */
function ownBytes(): number {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // only Linux tells
  }
  return process.memoryUsage.rss();
}
