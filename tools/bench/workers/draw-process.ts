// Draws a job's rows whenever a line comes in on standard input, and prints a line of JSON: what a worker computes, without an engine around it.
// draw-process.ts <policy> <rows> <tokens>
import { createInterface } from "node:readline";
import { prepareBackend } from "@cai/backend";
import { loadPolicy } from "@cai/policy";
import { secondsOf } from "./pairs.ts";
import { randomPrompts } from "./random-prompts.ts";

const [source = "", ...numbers] = process.argv.slice(2);
const [rows = 1, length = 1] = numbers.map(Number);
await prepareBackend();
const policy = await loadPolicy(source);
const prompts = randomPrompts(policy, rows);
for await (const _ of createInterface({ input: process.stdin })) {
  const draws = { seed: 1, stream: "rollout", step: 1 };
  const seconds = await secondsOf(() => policy.generate(prompts, { draws, maxNewTokens: length, minNewTokens: length }));
  console.log(JSON.stringify({ seconds }));
}
