import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InspectedStep, Inspection } from "@cai/dashboard";
import { beforeAll, expect, test } from "vitest";
import { changedNumbers } from "./compare-steps.ts";
import { cai, root, start, train } from "./start-cli.fixture.ts";

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

test("every response that is shown has its score, also where the log has fewer", async () => {
  const run = await cai(...train("runs/wide", "--reward", "words.mjs", "--steps", "1", "--batch-size", "6", "--algorithm", "rloo"));
  expect([run.exit, run.stderr]).toEqual([0, expect.anything()]);
  const { exit, stdout } = await cai("inspect", "runs/wide", "--step", "1", "--rows", "6", "--json");
  expect(exit).toBe(0);
  const { rows }: InspectedStep = JSON.parse(stdout);
  for (const { score, tokens } of rows)
    expect(score).toBe(
      tokens
        .map(({ text }) => text)
        .join("")
        .split(" ").length,
    );
  expect(rows).toHaveLength(6);
}, 120_000);

test("where tokens are drawn from the likeliest few, the KL is that of the whole vocabulary all the same, as it is penalised", async () => {
  const run = await cai(...train("runs/few", "--reward", "words.mjs", "--steps", "2", "--top-k", "2", "--kl-coef", "0.5"));
  expect([run.exit, run.stderr]).toEqual([0, expect.anything()]);
  const { stdout } = await cai("inspect", "runs/few", "--step", "2", "--json");
  const { rows }: InspectedStep = JSON.parse(stdout);
  const before = rows.flatMap(({ tokens }) => tokens.slice(0, -1));
  for (const { kl, reward } of before) expect(reward).toBeCloseTo(-0.5 * kl!, 5);
  expect(before.some(({ kl, logprob, refLogprob }) => Math.abs(logprob - refLogprob! - kl!) > 0.1)).toBe(true);
}, 120_000);

test("the squares of the layers' gradients add up to that of the step's grad_norm", async () => {
  const run = await cai(...train("runs/single", "--reward", "words.mjs", "--steps", "1", "--epochs", "1"));
  expect(run.exit).toBe(0);
  const { exit, stdout } = await cai("inspect", "runs/single", "--step", "1", "--json");
  expect(exit).toBe(0);
  const { metrics, gradients }: InspectedStep = JSON.parse(stdout);
  expect(gradients.map(({ layer, optimizer }) => [layer, optimizer])).toEqual([
    ["embedding", 0],
    ["block 0", 0],
    ["block 1", 0],
    ["final norm", 0],
    ["value head", 1],
  ]);
  const ofPolicy = gradients.filter(({ optimizer }) => optimizer === 0);
  expect(Math.hypot(...ofPolicy.map(({ norm }) => norm)) / metrics.grad_norm!).toBeCloseTo(1, 5);
}, 120_000);

test("steps before the inspected one are made once where an option is set and no checkpoint stands before it", async () => {
  await writeFile(
    join(root, "counting.mjs"),
    `import { appendFileSync } from "node:fs";
     export default ({ responses }) => { appendFileSync("calls", "1"); return responses.map((text) => text.split(" ").length); };`,
  );
  const run = await cai(...train("runs/rare", "--reward", "counting.mjs", "--steps", "3", "--checkpoint-every", "0", "--kl-coef", "0.5"));
  expect(run.exit).toBe(0);
  await writeFile(join(root, "calls"), "");
  const { exit, stdout } = await cai("inspect", "runs/rare", "--step", "3", "--set", "klCoef=0", "--json");
  expect(exit).toBe(0);
  expect(await readFile(join(root, "calls"), "utf8")).toHaveLength(4); // steps 1 and 2, and the third twice
  const { from, metrics, other } = JSON.parse(stdout);
  expect(from).toBe(0);
  const { step: _, ...line } = JSON.parse((await readFile(join(root, "runs/rare/metrics.jsonl"), "utf8")).split("\n")[2]!);
  expect(changedNumbers(line, metrics)).toEqual([]);
  expect(other.metrics["objective/kl_coef"]).toBe(0);
}, 120_000);

test("--page serves the step in a browser until a signal comes", async () => {
  const run = start("inspect", "runs/one", "--step", "2", "--page", "--port", "0", "--json", "--rows", "1", "--top", "2");
  const line = await new Promise<string>((resolve) => run.child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString())));
  const { url } = JSON.parse(line);
  const inspection = (await (await fetch(`${url}/api/inspection`)).json()) as Inspection;
  expect(inspection).toMatchObject({ run: "runs/one", step: 2, from: 1, original: { rows: [{ tokens: expect.any(Array) }] } });
  const [row] = inspection.original.rows;
  expect(row!.promptTokens.map(({ text }) => text).join("")).toBe(row!.prompt);
  expect(await (await fetch(url)).text()).toContain("<title>cai · a step</title>");
  run.child.kill("SIGINT");
  expect(await run.exit).toBe(0);
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
