import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OnnxRewardModel } from "@cai/reward-model";
import { tinyGpt2 } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-pairs-"));
const at = (name: string) => join(root, name);

beforeAll(async () => {
  const rows = ["the old house", "a letter", "somebody came", "it rained"].map((prompt) => ({ prompt, chosen: " and", rejected: " or" }));
  await writeFile(at("data.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  await writeFile(at("held.jsonl"), JSON.stringify({ chosen: "we went and", rejected: "we went or" }));
});
afterAll(() => rm(root, { recursive: true }));

/** Runs a command, and gives what it writes. */
function cai(command: string, out: string, ...more: string[]): ReturnType<typeof runCommand> {
  const named = { "--policy": tinyGpt2, "--data": at("data.jsonl"), "--out": at(out), "--batch-size": "2", "--learning-rate": "1e-3" };
  return runCommand(command, ...Object.entries(named).flat(), ...more);
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

test("cai dpo has a line of JSON a step, and the folder that every run has", async () => {
  const flags = ["--epochs", "1", "--loss", "ipo", "--eval-data", at("held.jsonl"), "--evaluate-every", "2", "--json"];
  const { stdout, stderr } = await cai("dpo", "dpo", ...flags);
  const lines = linesOf(stdout);
  expect(lines.map(({ step }) => step)).toEqual([1, 2]);
  expect(lines[0]).toMatchObject({ loss: expect.closeTo(25, 3), "rewards/margins": expect.any(Number), lr: 1e-3 }); // (0 − 1/2β)²
  expect(stderr).toBe("");
  expect((await readdir(at("dpo"))).toSorted()).toEqual(["checkpoints", "config.json", "final", "metrics.jsonl", "samples.jsonl", "tensorboard"]); // biome-ignore format: a line
  expect(linesOf(await readFile(at("dpo/metrics.jsonl"), "utf8")).map((line) => "eval/rewards/accuracies" in line)).toEqual([false, true]);
  expect(JSON.parse(await readFile(at("dpo/config.json"), "utf8"))).toMatchObject({
    policy: tinyGpt2,
    lossType: "ipo",
    steps: 2,
    beta: 0.1,
  });
});

test("cai reward-train leaves a folder that a reward is loaded from", async () => {
  const { stdout, stderr } = await cai("reward-train", "reward", "--steps", "2", "--eval-data", at("held.jsonl"), "--int8");
  expect(stdout).toBe(`2 steps done; the reward model is in ${at("reward")}/final\n`);
  expect(stderr).toMatch(/step 0: held-out loss \d\.\d{3}, accuracy \d+\.\d %, margin -?\d\.\d{3}\n/);
  expect(stderr).toMatch(/2\/2 {2}loss \d\.\d{3} {2}accuracy \d/);
  for (const options of [{}, { file: "model_quantized.onnx" }]) {
    const rewardModel = await OnnxRewardModel.load(at("reward/final"), options);
    const scores = await rewardModel.score({ prompts: ["a", "b"], responses: [" c", " d"], promptIds: [], responseIds: [] });
    expect([...scores].every(Number.isFinite)).toBe(true);
    await rewardModel.dispose();
  }
});

test.each([
  ["dpo", "adapter_model.safetensors"],
  ["reward-train", "model.safetensors"],
])("cai %s goes on with --resume, with an adapter, and ends with the same bytes", async (command, file) => {
  const more = ["--schedule", "constant", "--lora", "2"];
  await cai(command, `${command}-whole`, "--steps", "3", ...more);
  await cai(command, `${command}-cut`, "--steps", "1", ...more);
  await expect(cai(command, `${command}-cut`, "--steps", "3", ...more)).rejects.toThrow("already holds a run");
  await cai(command, `${command}-cut`, "--steps", "3", "--resume", ...more);
  const [whole, cut] = await Promise.all(["whole", "cut"].map((run) => readFile(at(`${command}-${run}/final/${file}`))));
  expect(cut!.equals(whole!)).toBe(true);
});

test("a run's own configuration, and options that contradict each other", async () => {
  await cai("dpo", "first", "--steps", "1", "--loss", "robust", "--label-smoothing", "0.1");
  const { stdout } = await cai("dpo", "second", "--config", at("first/config.json"), "--json");
  expect(linesOf(stdout)).toHaveLength(1);
  expect(JSON.parse(await readFile(at("second/config.json"), "utf8"))).toMatchObject({ lossType: "robust", labelSmoothing: 0.1 });
  await expect(cai("dpo", "refused", "--loss", "ipo", "--label-smoothing", "0.1")).rejects.toMatchObject({ code: "usage" });
  await expect(cai("dpo", "refused", "--loss", "kto")).rejects.toThrow();
});

test("a pair that the policy can't take is refused by its file and line, before anything is written", async () => {
  await writeFile(
    at("long.jsonl"),
    `{"chosen": "a b", "rejected": "a c"}\n{"prompt": "a", "chosen": "${"word ".repeat(130)}", "rejected": "b"}\n`,
  );
  await expect(cai("dpo", "refused", "--data", at("long.jsonl"))).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(/long\.jsonl:2: it has \d+ tokens, more than the policy's context of 128/),
  });
  await writeFile(at("label.jsonl"), '{"chosen": "a b", "rejected": "a c", "probability": 2}\n');
  for (const command of ["dpo", "reward-train"])
    await expect(cai(command, "refused", "--data", at("label.jsonl"))).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/label\.jsonl:1: probability is 2; expected a number from 0 to 1/),
    });
  expect(existsSync(at("refused"))).toBe(false);
});

test("labelled completions are pairs, bad lines are passed over where that is asked for, and both are told", async () => {
  const rows = [
    { prompt: "the old house", completion: " and", label: true },
    { prompt: "the old house", completion: " or", label: false },
    { prompt: "a letter", completion: " and", label: true },
  ];
  await writeFile(at("labelled.jsonl"), ["{", ...rows.map((row) => JSON.stringify(row))].join("\n"));
  const flags = ["--data", at("labelled.jsonl"), "--batch-size", "1", "--steps", "1"];
  await expect(cai("reward-train", "labelled", ...flags)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(/labelled\.jsonl:1 is not JSON/),
  });
  const { stderr } = await cai("reward-train", "labelled", ...flags, "--skip-bad-lines");
  expect(stderr).toMatch(/1 completion makes no pair, as no completion of the same prompt has the other label: .*labelled\.jsonl:4\n/);
  expect(stderr).toMatch(/1 line of .*labelled\.jsonl passed over:\n {2}.*labelled\.jsonl:1 is not JSON: .*\n$/);
  expect(JSON.parse(await readFile(at("labelled/config.json"), "utf8"))).toMatchObject({ skipBadLines: true });
});
