import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pipelineCommand } from "./commands/pipeline.ts";
import { pipelineOptions, resolvePipeline } from "./pipeline-settings.ts";

let folder: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cai-pipeline-settings-"));
  config = join(folder, "pipeline.json");
  const models = { policy: "./model", judge: "../judge.mjs" };
  const texts = { constitution: "default", prompts: "./p.jsonl", heldOutPrompts: "h.jsonl", out: "runs/one" };
  await writeFile(config, JSON.stringify({ ...models, ...texts, seed: 3, rl: "grpo" }));
});
afterAll(() => rm(folder, { recursive: true }));

test("paths from ./ and ../ on are read from the file's folder, others as on the command line", async () => {
  expect(await resolvePipeline({ config })).toMatchObject({
    config: {
      policy: join(folder, "model"),
      judge: join(folder, "..", "judge.mjs"),
      constitution: "default",
      prompts: join(folder, "p.jsonl"),
      heldOutPrompts: "h.jsonl",
      seed: 3,
      rl: "grpo",
    },
    out: "runs/one",
  });
});

test("flags win over the file, and their paths are those of the command line", async () => {
  const flags = { policy: "./other.gguf", judge: "demo", seed: 0, rl: "dpo", out: "runs/two" } as const;
  const { config: resolved, out } = await resolvePipeline({ config, ...flags });
  expect({ ...resolved, out }).toMatchObject(flags);
  expect(resolved.prompts).toBe(join(folder, "p.jsonl"));
});

test("whatever a run of a file may vary has a flag", () => {
  const flags = pipelineCommand().options.map((option) => option.attributeName());
  expect(flags).toEqual(expect.arrayContaining(["policy", "judge", ...Object.keys(pipelineOptions)]));
});

test.each([
  [{}, "needs --config"],
  [{ config: "absent.json" }, "absent.json"],
  [{ seed: -1 }, "seed is -1"],
  [{ seed: 2 ** 32 }, "seed is 4294967296"],
])("%j is refused", async (flags, message) => {
  const given = "seed" in flags ? { config, ...flags } : flags;
  await expect(resolvePipeline(given)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining(message) });
});
