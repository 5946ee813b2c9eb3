import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyGpt2, tinyLlama } from "@cai/testing";
import { lockFolder } from "@cai/whole-file";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CliError } from "./error.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-eval-"));
const at = (name: string) => join(root, name);

beforeAll(async () => {
  await writeFile(at("prompts.txt"), "the old house\n<b>a letter</b>\nsomebody came\n");
  await writeFile(at("judge.mjs"), "export default ({ responses }) => responses.map((response) => response.length);");
  await writeFile(at("broken.mjs"), "export default ({ responses }) => responses.map(() => NaN);");
});
afterAll(() => rm(root, { recursive: true }));

function evaluate(given: Readonly<Record<string, string>> = {}, ...more: string[]) {
  const flags = {
    "--policy": tinyGpt2,
    "--against": tinyLlama,
    "--prompts": at("prompts.txt"),
    "--judge": at("judge.mjs"),
    "--max-new-tokens": "4",
    "--best-of": "2",
    "--resamples": "50",
    ...given,
  };
  return runCommand("eval", ...Object.entries(flags).flat(), ...more);
}

test("prints one JSON object, and writes it, every answer and a page to a new folder", async () => {
  const { stdout, stderr } = await evaluate(
    { "--out": at("whole"), "--reward": at("judge.mjs"), "--draws": "2", "--seed": "3", "--format": "continuation" },
    "--json",
  );
  const figures = JSON.parse(stdout);
  expect(stderr).toBe("");
  expect(figures).toMatchObject({
    policy: tinyGpt2,
    base: tinyLlama,
    format: "continuation",
    prompts: 3,
    winRate: expect.any(Number),
    winRateInterval: { wilson: { low: expect.any(Number), high: expect.any(Number) }, bootstrap: expect.any(Object) },
    lengthControlledWinRate: expect.any(Number),
    bestOfN: [{ n: 2, kl: Math.log(2) - 0.5, byProxy: expect.any(Object) }],
    settings: { draws: 2, seed: 3, maxNewTokens: 4 },
  });
  expect(figures.proxy.winRate).toBe(figures.winRate); // they are the same here
  expect((await readdir(at("whole"))).toSorted()).toEqual(["eval.json", "index.html", "samples.jsonl"]);
  expect(JSON.parse(await readFile(at("whole/eval.json"), "utf8"))).toEqual(figures);
  const samples = (await readFile(at("whole/samples.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(samples.map(({ prompt }) => prompt)).toEqual(["the old house", "<b>a letter</b>", "somebody came"]);
  const all = samples.flatMap(({ policy }) => policy.map(({ score }: { score: number }) => score));
  expect(figures.meanScore.policy).toBeCloseTo(all.reduce((sum, score) => sum + score, 0) / 6, 9);
  const page = await readFile(at("whole/index.html"), "utf8");
  expect(page).toContain("&lt;b&gt;a letter&lt;/b&gt;");
  expect(page).not.toContain("<b>a letter");
});

/** A model with a chat template, of the weights and tokens of one without. */
async function withTemplate(model: string, name: string): Promise<string> {
  await cp(model, at(name), { recursive: true });
  const template = "{% for m in messages %}{{ m.content }}. {% endfor %}{% if add_generation_prompt %}So: {% endif %}";
  await writeFile(join(at(name), "chat_template.jinja"), template);
  return at(name);
}

async function samplesOf(out: string, given: Readonly<Record<string, string>>) {
  const { stdout } = await evaluate({ "--draws": "2", ...given, "--out": at(out) }, "--json");
  const answers = (await readFile(at(`${out}/samples.jsonl`), "utf8")).trimEnd().split("\n");
  return { format: JSON.parse(stdout).format, samples: answers.map((line) => JSON.parse(line)) };
}

test("plain texts are asked by the chat template where both have one, as the conversations are that they stand for", async () => {
  const models = { "--policy": await withTemplate(tinyGpt2, "chat-gpt2"), "--against": await withTemplate(tinyLlama, "chat-llama") };
  const lines = ["the old house", "<b>a letter</b>", "somebody came"].map((content) => ({ prompt: [{ role: "user", content }] }));
  await writeFile(at("chat.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const texts = await samplesOf("chat-texts", models);
  expect(texts.format).toBe("chat");
  expect(texts.samples.map(({ prompt }) => prompt)).toEqual(["the old house", "<b>a letter</b>", "somebody came"]);
  expect(texts).toEqual(await samplesOf("chat-conversations", { ...models, "--prompts": at("chat.jsonl") }));

  await writeFile(at("written.txt"), "the old house. So: \n<b>a letter</b>. So: \nsomebody came. So: \n"); // what the template makes of them
  const byHand = await samplesOf("chat-by-hand", { ...models, "--prompts": at("written.txt"), "--format": "continuation" });
  expect(byHand.format).toBe("continuation");
  const answersOf = ({ samples }: typeof texts) => samples.map(({ policy, base }) => [policy, base]);
  expect(answersOf(byHand)).toEqual(answersOf(texts));
  const raw = await samplesOf("raw", { ...models, "--format": "continuation" });
  expect(answersOf(raw)).not.toEqual(answersOf(texts));
});

test("without templates plain texts are asked as a dialogue, and the format is told", async () => {
  const { format, samples } = await samplesOf("dialogue", {});
  expect(format).toBe("dialogue");
  expect(samples[0].prompt).toBe("\n\nHuman: the old house\n\nAssistant:");
  const { stdout } = await evaluate();
  expect(stdout).toMatch(/^prompts +3, asked as turns of Human and Assistant \(format dialogue\)$/m);
});

test("a policy against itself, for a reader", async () => {
  const { stdout } = await evaluate({ "--against": tinyGpt2 });
  expect(stdout).toMatch(/^win rate +50\.0 % {2}\(95 %: \d+\.\d to \d+\.\d %; 0 won, 3 tied, 0 lost on 3 prompts\)$/m);
  expect(stdout).toMatch(/^KL +0\.00 nats an answer, 0\.000 a token$/m);
  expect(stdout).toMatch(/^best of 2 +win rate \d+\.\d %/m);
});

test.each<[string, Record<string, string>, string[], RegExp]>([
  ["a count that is none", { "--draws": "0" }, [], /^--draws is 0; expected at least 1/],
  ["many greedy answers", { "--temperature": "0", "--draws": "2" }, [], /^--temperature 0 gives one answer a prompt/],
  ["a folder that holds something", { "--out": root }, [], /already holds/],
  ["prompts that are not there", { "--prompts": at("none.txt") }, [], /none\.txt does not exist/],
  ["a judge that is not there", { "--judge": at("none.mjs") }, [], /^--judge: .*none\.mjs/],
  ["a base that is not there", { "--against": at("nowhere") }, [], /nowhere.* does not exist/],
  ["prompts that leave no room", { "--max-new-tokens": "126" }, [], /prompts\.txt:\d .*exceed the policy's context of 128/],
  ["a template that a policy has not", { "--format": "chat" }, [], /prompts\.txt:1: .*chat template/],
  ["a format that is none", { "--format": "poem" }, [], /poem/],
  ["options of a reward that is not given", {}, ["--reward-label", "1"], /--reward-… is told of --reward, which is not given/],
])("%s is refused as wrong use", async (_, given, more, message) => {
  const out = at("refused");
  const error = await evaluate({ "--out": out, ...given }, ...more).catch((error: Error) => error);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(message);
  expect(exitCodeOf(error)).toBe(2);
  expect(existsSync(out)).toBe(false);
});

test("a folder in which another comparison goes on is refused, and is as it was", async () => {
  const lock = await lockFolder(at("taken"), CliError);
  const error = await evaluate({ "--out": at("taken") }).catch((error: Error) => error);
  expect((error as Error).message).toMatch(/taken is in use by this process, since 20/);
  expect(exitCodeOf(error)).toBe(2);
  await lock.release();
  expect(existsSync(at("taken"))).toBe(false);
});

test("a judge that gives no number fails the run, and nothing is written", async () => {
  const error = await evaluate({ "--judge": at("broken.mjs"), "--out": at("failed") }).catch((error: Error) => error);
  expect((error as Error).message).toMatch(/NaN, wanted a finite number/);
  expect(exitCodeOf(error)).toBe(1);
  expect(existsSync(at("failed"))).toBe(false);
});
