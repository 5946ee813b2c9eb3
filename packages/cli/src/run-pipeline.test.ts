import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodeOf } from "./exit-codes.ts";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-run-pipeline-"));
const at = (name: string) => join(root, name);
const constitution = `
principles:
  - name: warmth
    critiqueRequest: This was not said kindly, for
    revisionRequest: A kinder way to say it is this.
    positivePersona: We love our good friends, and we are happy.
    negativePersona: War, hatred and death threaten us.
`;
const config = {
  policy: "demo",
  constitution: "./warmth.yaml",
  prompts: "./prompts.jsonl",
  heldOutPrompts: "./held-out.jsonl",
  judge: "./judge.mjs",
  format: "continuation",
  maxNewTokens: 4,
  batchSize: 4,
  revise: false,
  sft: false,
  prefer: { labeller: "contrast", heldOutShare: 0 },
  rl: "dpo",
  dpo: { epochs: 1, batchSize: 2 },
  evaluation: { draws: 1, bestOf: 2 },
};
const prompts = ['{"prompt": "We are"}', '{"prompt": ', '{"prompt": "Let us"}', '{"question": "Why?"}'];

beforeAll(async () => {
  await writeFile(at("warmth.yaml"), constitution);
  await writeFile(at("judge.mjs"), "export default ({ responses }) => responses.map((text) => text.length);\n");
  await writeFile(at("prompts.jsonl"), prompts.join("\n"));
  await writeFile(at("held-out.jsonl"), '{"prompt": "They have"}\n{"prompt": "It was"}\n{"prompt": ""}\n');
  await writeFile(at("config.json"), JSON.stringify(config));
});
afterAll(() => rm(root, { recursive: true }));

const pipeline = (out: string, ...more: string[]) =>
  runCommand("pipeline", "--config", at("config.json"), "--out", at(out), "--json", ...more);

test("lines that can't be read are passed over where that is asked for, and told at the end; standard output stays one line", async () => {
  const { stdout, stderr } = await pipeline("skipping", "--skip-bad-lines");
  expect(stdout).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(stdout).stages.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["prefer", "rl", "evaluate"]));
  expect(stderr).toMatch(/^2 lines of \S+prompts\.jsonl passed over:\n {2}\S+prompts\.jsonl:2 .*\n {2}\S+prompts\.jsonl:4 .*\n/);
  expect(stderr).toMatch(/1 line of \S+held-out\.jsonl passed over:\n {2}\S+held-out\.jsonl:3 .*\n$/);
  const linesOf = async (name: string) => (await readFile(at(join("skipping", name)), "utf8")).trimEnd().split("\n");
  expect((await linesOf("evaluate/samples.jsonl")).map((line) => JSON.parse(line).prompt)).toEqual(["They have", "It was"]);
  expect(JSON.parse(await readFile(at("skipping/evaluate/eval.json"), "utf8"))).toMatchObject({
    policy: "DPO",
    base: "demo",
    format: "continuation",
  });
});

test("otherwise the first of them ends the command, before anything is written", async () => {
  const error = await pipeline("refusing").catch((reason: unknown) => reason);
  expect((error as Error).message).toMatch(/prompts\.jsonl:2 is not JSON/);
  expect(exitCodeOf(error)).toBe(2);
  expect(existsSync(at("refusing"))).toBe(false);
});

test.each([
  [{ feedback: "http://127.0.0.1:9/v1" }, '"feedback" http://127.0.0.1:9/v1 is an endpoint: give "feedbackModel"'],
  [{ feedbackModel: "m", feedback: "demo" }, '"feedbackModel" is for an endpoint, and "feedback" demo is a local model'],
])("a judge that is told wrongly, as %j, is refused by the configuration's keys", async (more, message) => {
  await writeFile(at("wrong.json"), JSON.stringify({ ...config, ...more, heldOutPrompts: "./good.txt", prompts: "./good.txt" }));
  await writeFile(at("good.txt"), "We are\n");
  const error = await runCommand("pipeline", "--config", at("wrong.json"), "--out", at("wrong")).catch((reason: unknown) => reason);
  expect((error as Error).message).toContain(message);
  expect(exitCodeOf(error)).toBe(2);
  expect(existsSync(at("wrong"))).toBe(false);
});
