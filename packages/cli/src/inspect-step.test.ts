import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { changedNumbers } from "./compare-steps.ts";
import type { InspectedStep } from "./inspect-step.ts";
import { cai, root, train } from "./start-cli.fixture.ts";

beforeAll(async () => {
  await writeFile(join(root, "words.mjs"), "export default ({ responses }) => responses.map((text) => text.split(' ').length);");
  const run = await cai(...train("runs/one", "--reward", "words.mjs", "--steps", "3", "--checkpoint-every", "1", "--kl-coef", "0.5"));
  expect(run.exit).toBe(0);
}, 120_000);

const logged = async (step: number) => JSON.parse((await readFile(join(root, "runs/one/metrics.jsonl"), "utf8")).split("\n")[step - 1]!);
const inspect = async (
  ...argv: string[]
): Promise<InspectedStep & { other?: InspectedStep; differences?: { name: string }[]; from: number }> => {
  const { exit, stdout, stderr } = await cai("inspect", "runs/one", ...argv, "--json");
  expect([exit, stderr]).toEqual([0, expect.anything()]);
  return JSON.parse(stdout);
};

test("a step is as it was logged, and its tokens add up to it", async () => {
  const { metrics, rows, from } = await inspect("--step", "3", "--rows", "2", "--top", "2");
  const { step: _, ...line } = await logged(3);
  expect(from).toBe(2);
  expect(changedNumbers(line, metrics)).toEqual([]);
  expect(rows).toHaveLength(2);
  const tokens = rows.flatMap(({ tokens }) => tokens);
  const kl = tokens.map(({ logprob, refLogprob }) => logprob - refLogprob!);
  expect(kl.reduce((sum, one) => sum + one, 0) / 2).toBeCloseTo(metrics["objective/kl"]!, 5);
  const [row] = rows;
  const last = row!.tokens.at(-1)!;
  expect(last.reward).toBeCloseTo(row!.score! - 0.5 * (last.logprob - last.refLogprob!), 5);
  for (const { reward, logprob, refLogprob } of row!.tokens.slice(0, -1)) expect(reward).toBeCloseTo(-0.5 * (logprob - refLogprob!), 5);
  for (const { id: __, logprob, alternatives } of tokens) {
    expect(alternatives).toHaveLength(2);
    expect(alternatives[0]!.probability).toBeGreaterThanOrEqual(Math.exp(logprob) - 1e-6);
  }
  expect(tokens.some(({ ratio }) => Math.abs(ratio - 1) > 1e-6)).toBe(true); // the step has updated the policy
}, 120_000);

test("with another option the same responses are learned from otherwise", async () => {
  const { metrics, other, differences } = await inspect("--step", "2", "--set", "klCoef=0");
  expect(other!.metrics["objective/scores"]).toBe(metrics["objective/scores"]);
  expect(other!.metrics["objective/kl_coef"]).toBe(0);
  expect(differences!.map(({ name }) => name)).toEqual(expect.arrayContaining(["objective/kl_coef", "objective/rlhf_reward"]));
}, 120_000);

test("a step beyond the run, and an option that is none, are refused", async () => {
  const beyond = await cai("inspect", "runs/one", "--step", "9");
  expect([beyond.exit, beyond.stderr]).toEqual([2, expect.stringContaining("the run ends before that step: it is one of 3")]);
  const unknown = await cai("inspect", "runs/one", "--step", "2", "--set", "klCoeff=0");
  expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining("klCoeff")]);
}, 120_000);
