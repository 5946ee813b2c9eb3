import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareBackend } from "@cai/backend";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CaseResult } from "./case.ts";
import { checkSources } from "./check-sources.ts";
import { findSources } from "./find-sources.ts";

const golden = fileURLToPath(new URL("../golden", import.meta.url));
const program = fileURLToPath(new URL("../check-golden.mjs", import.meta.url));

/** It takes a model of 98 MB: `smollm2.slow.ts` has it. */
const slow = "smollm2-expected.json";

test("every golden case passes, but those that are skipped by name and those of the real model", async () => {
  await prepareBackend();
  const results: CaseResult[] = [];
  const sources = (await findSources(golden)).filter(({ file }) => file !== slow);
  for await (const result of checkSources(sources)) results.push(result);
  const named = (outcome: CaseResult["outcome"]) =>
    results.filter((one) => one.outcome === outcome).map(({ file, name }) => `${file}: ${name}`);
  expect(named("failed")).toEqual([]);
  expect(named("skipped")).toEqual(["trl_ppo_steps.json: loss_ratio_above_threshold: losses and gradients"]);
  expect(new Set(results.map(({ file }) => file))).toEqual(
    new Set([
      "vectors.json",
      "trl_ppo_steps.json",
      "trl_grpo.json",
      "trl_rloo.json",
      "trl_dpo.json",
      "trl_reward.json",
      "trl_sft.json",
      "adapter/expected.json",
      "tiny-gpt2/expected.json",
      "tiny-gpt2/ppo_step.json",
      "tiny-gpt2/ppo_step_grads.safetensors",
      "tiny-gpt2/ppo_step_params.safetensors",
      "tiny-llama/expected.json",
      "tiny-llama/ppo_step.json",
      "tiny-llama/ppo_step_grads.safetensors",
      "tiny-llama/ppo_step_params.safetensors",
      "tiny-reward/expected.json",
    ]),
  );
});

describe("the command", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "golden-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args, "--backend", "cpu"], { cwd: folder, encoding: "utf8" });
  const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

  test("passes a folder that holds only some of the files", () => {
    cpSync(join(golden, "tiny-reward"), join(folder, "any-name"), { recursive: true });
    const { status, stdout } = run(".");
    expect({ status, last: lastLine(stdout) }).toEqual({ status: 0, last: "2 passed, 0 failed, 0 skipped" });
  });

  test("fails where an expected number is off by more than its tolerance, and says which", () => {
    const vectors = JSON.parse(readFileSync(join(golden, "vectors.json"), "utf8"));
    const cases = vectors.cases.filter((one: { group: string }) => one.group === "gae");
    cases[1].expected.advantages[0][1] += 1e-4;
    writeFileSync(join(folder, "vectors.json"), JSON.stringify({ cases }));
    const { status, stdout } = run(".");
    expect(status).toBe(1);
    expect(lastLine(stdout)).toBe(`${cases.length - 1} passed, 1 failed, 0 skipped`);
    expect(stdout.split("\n").filter((line) => line.includes("FAILED"))).toEqual([
      expect.stringMatching(/^vectors\.json +gae_known_dones +1\.0e-4 +1e-5·max\(1, \|x\|\) +FAILED: advantages, number 2 of 3/),
    ]);
  });

  test("refuses a folder without golden files, and names those it looked for", () => {
    const { status, stderr } = run(".");
    expect(status).toBe(2);
    expect(stderr).toMatch(/looked for vectors\.json, trl_ppo_steps\.json/);
  });

  test("refuses to guess a folder", () => {
    const { status, stderr } = run();
    expect(status).toBe(2);
    expect(stderr).toContain("usage: node tools/check-golden.mjs <folder>");
  });
});
