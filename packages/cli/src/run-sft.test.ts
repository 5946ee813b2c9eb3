import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyGpt2 } from "@cai/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.fixture.ts";

const root = await mkdtemp(join(tmpdir(), "cai-sft-"));
const at = (name: string) => join(root, name);

beforeAll(async () => {
  const rows = ["the old house", "a letter", "somebody came", "it rained"].map((prompt) => ({ prompt, completion: " and so on" }));
  await writeFile(at("data.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  await writeFile(at("held.jsonl"), JSON.stringify({ text: "the old house and so on" }));
});
afterAll(() => rm(root, { recursive: true }));

/** Runs the command, and gives what it writes. */
function sft(out: string, ...more: string[]): ReturnType<typeof runCommand> {
  const named = { "--policy": tinyGpt2, "--data": at("data.jsonl"), "--out": at(out), "--batch-size": "2", "--learning-rate": "1e-3" };
  return runCommand("sft", ...Object.entries(named).flat(), ...more);
}

test("a run has a line of JSON a step, and the folder that every run has", async () => {
  const { stdout, stderr } = await sft("whole", "--epochs", "2", "--eval-data", at("held.jsonl"), "--evaluate-every", "2", "--json");
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(lines[0]).toMatchObject({ loss: expect.any(Number), num_tokens: expect.any(Number), lr: 1e-3 });
  expect(stderr).toBe("");
  expect((await readdir(at("whole"))).toSorted()).toEqual([
    "checkpoints",
    "config.json",
    "final",
    "metrics.jsonl",
    "samples.jsonl",
    "tensorboard",
  ]);
  const metrics = (await readFile(at("whole/metrics.jsonl"), "utf8")).trimEnd().split("\n");
  expect(metrics.map((line) => "eval/perplexity" in JSON.parse(line))).toEqual([false, true, false, true]);
  const config = JSON.parse(await readFile(at("whole/config.json"), "utf8"));
  expect(config).toMatchObject({ policy: tinyGpt2, data: at("data.jsonl"), evalData: at("held.jsonl"), steps: 4, epochs: 2 });
});

test("without --json a bar tells loss and speed, and the last line where the policy is", async () => {
  const { stdout, stderr } = await sft("shown", "--steps", "2", "--eval-data", at("held.jsonl"));
  expect(stdout).toBe(`2 steps done; the trained policy is in ${at("shown")}/final\n`);
  expect(stderr).toMatch(/step 0: held-out loss \d+\.\d{3}, perplexity \d+\.\d\d\n/);
  expect(stderr).toMatch(/2\/2 {2}loss \d+\.\d{3} {2}tokens\/s \d+/);
});

test("a run goes on with --resume, of an adapter too, and ends with the same bytes", async () => {
  for (const [kind, file, ...flags] of [
    ["full", "model.safetensors"],
    ["adapter", "adapter_model.safetensors", "--lora", "2"],
  ] as const) {
    const more = ["--schedule", "constant", ...flags];
    await sft(`${kind}-whole`, "--steps", "3", ...more);
    await sft(`${kind}-cut`, "--steps", "1", ...more);
    await expect(sft(`${kind}-cut`, "--steps", "3", ...more)).rejects.toThrow("already holds a run");
    await sft(`${kind}-cut`, "--steps", "3", "--resume", ...more);
    const [whole, cut] = await Promise.all(["whole", "cut"].map((run) => readFile(at(`${kind}-${run}/final/${file}`))));
    expect(cut!.equals(whole!), kind).toBe(true);
  }
  expect(JSON.parse(await readFile(at("adapter-cut/config.json"), "utf8"))).toMatchObject({ lora: 2, loraAlpha: 4 });
});

test("a row that the policy can't take is refused by its file and line, before anything is written", async () => {
  await writeFile(at("long.jsonl"), `{"text": "short"}\n\n{"text": "${"word ".repeat(130)}"}\n`);
  for (const flags of [
    ["--data", at("long.jsonl")],
    ["--eval-data", at("long.jsonl")],
  ])
    await expect(sft("refused", ...flags)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/long\.jsonl:3: it has \d+ tokens, more than the policy's context of 128; .+ maxLength/),
    });
  await writeFile(at("chat.jsonl"), '{"messages": [{"role": "user", "content": "hi"}]}\n');
  await expect(sft("refused", "--data", at("chat.jsonl"))).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(/chat\.jsonl:1: .*chat template/),
  });
  expect(existsSync(at("refused"))).toBe(false);
});

test("rows that are cut are told", async () => {
  const { stderr } = await sft("cut", "--steps", "1", "--max-length", "6", "--json");
  expect(stderr).toMatch(/of 4 examples are longer than maxLength 6 and were cut/);
});
