import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareBackend } from "@cai/backend";
import { expect, onTestFinished, test } from "vitest";
import { ppoStepCases } from "./ppo-step-cases.ts";
import type { PpoStepFile } from "./ppo-step-file.ts";

test("a weight after the first step that is off by 5e-6 fails its case, and no other", async () => {
  await prepareBackend();
  const directory = await mkdtemp(join(tmpdir(), "ppo-step-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await cp(fileURLToPath(new URL("../../golden/tiny-gpt2", import.meta.url)), directory, { recursive: true });
  const path = join(directory, "ppo_step.json");
  const golden = JSON.parse(await readFile(path, "utf8")) as PpoStepFile;
  const shifted = golden.expected.paramsAfterOneStep.map(({ values, ...rest }, index) => ({
    ...rest,
    values: index === 0 ? values.with(1, values[1]! + 5e-6) : values,
  }));
  await writeFile(path, JSON.stringify({ ...golden, expected: { ...golden.expected, paramsAfterOneStep: shifted } }));
  const failed: string[] = [];
  for await (const { outcome, name, reason } of ppoStepCases("tiny", directory))
    if (outcome === "failed") failed.push(`${name}: ${reason}`);
  expect(failed).toEqual([expect.stringMatching(/^parameters after step 1, slices: transformer\.wte\.weight, number 2 of 8/)]);
});
