import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goldenPath } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodeOf } from "./exit-codes.ts";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-guards-"));
const at = (name: string) => join(root, name);

beforeAll(() => writeFile(at("prompts.txt"), "the old house\na letter\nsomebody came\n"));
afterAll(() => rm(root, { recursive: true }));

/** Scores of the responses, as a module's code. */
const rewardOf = (scores: string) =>
  writeFile(at("reward.mjs"), `export default ({ responses }) => responses.map((text, row) => ${scores});`);

/** Runs `cai train` on a tiny model. */
function train(out: string, ...more: string[]): ReturnType<typeof runCommand> {
  const named = { "--policy": goldenPath("tiny-gpt2"), "--reward": at("reward.mjs"), "--prompts": at("prompts.txt"), "--out": at(out) };
  const small = ["--batch-size", "2", "--max-new-tokens", "4", "--learning-rate", "1e-3", "--steps", "3", "--json"];
  return runCommand("train", ...Object.entries(named).flat(), ...small, ...more);
}
const failureOf = (run: Promise<unknown>) => run.then(() => undefined, (error: unknown) => error); // biome-ignore format: a line
const linesOf = async (name: string) => (await readFile(at(name), "utf8")).trimEnd().split("\n").map((line) => JSON.parse(line)); // biome-ignore format: a line

test("a run whose steps are not finite stops with code 1 and a line that says what to do, and goes on when that is mended", async () => {
  await rewardOf("3e38"); // the square of a return is beyond float32
  const error = await failureOf(train("broken", "--max-failed-steps", "2"));
  expect(exitCodeOf(error)).toBe(1);
  expect((error as Error).message).toMatch(/^step 2, epoch 1: the (loss|gradient)[^;]*; with 2 failed steps in a row the run stops, with a checkpoint to go on from \(resume, --resume\)\. [^\n]+$/); // biome-ignore format: a line
  expect((await linesOf("broken/failed-step/batch.jsonl")).map(({ step, score }) => [step, score])).toEqual([
    [2, Math.fround(3e38)],
    [2, Math.fround(3e38)],
  ]);
  await rewardOf("row");
  const { stderr } = await train("broken", "--max-failed-steps", "2", "--resume");
  expect(stderr).toBe("");
  expect((await linesOf("broken/metrics.jsonl")).map(({ step, failed = 0 }) => [step, failed])).toEqual([
    [1, 1],
    [2, 1],
    [3, 0],
  ]);
  expect(existsSync(at("broken/final"))).toBe(true);
});

test("a run beyond a limit stops with code 1; with another limit --resume goes on, without --allow-changes", async () => {
  await rewardOf("row");
  const error = await failureOf(train("collapsed", "--min-entropy", "50"));
  expect(exitCodeOf(error)).toBe(1);
  expect((error as Error).message).toMatch(
    /^step 1: the entropy of the policy is [\d.]+ nats a token, below minEntropy 50: the run stops, /,
  );
  await train("collapsed", "--min-entropy", "0", "--resume");
  expect((await linesOf("collapsed/metrics.jsonl")).map(({ step }) => step)).toEqual([1, 2, 3]);
  expect(JSON.parse(await readFile(at("collapsed/config.json"), "utf8"))).toMatchObject({ minEntropy: 0 });
});

test("rewards without variance are told on standard error, once", async () => {
  await rewardOf("0.5");
  const { stderr } = await train("equal", "--equal-reward-steps", "2");
  expect(stderr.match(/^in 2 steps in a row no score differed .*$/gm)).toHaveLength(1);
});
