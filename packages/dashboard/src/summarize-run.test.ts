import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lockFolder } from "@cai/whole-file";
import { expect, test } from "vitest";
import { DashboardError } from "./error.ts";
import { metricsLine } from "./metrics-line.fixture.ts";
import { runsFolder } from "./run.fixture.ts";
import { summarizeRun } from "./summarize-run.ts";

test("a run's end is told: the mean of its last ten steps, how far it is, and whether somebody works on it", async () => {
  const run = join(await runsFolder({ one: 0 }, { algorithm: "grpo", steps: 40, policy: "demo" }), "one");
  for (let step = 1; step <= 12; step++) await appendFile(join(run, "metrics.jsonl"), metricsLine(step, { "objective/scores": step }));
  await appendFile(join(run, "metrics.jsonl"), '{"step":13,"objective/sc');
  const summary = await summarizeRun(run);
  expect(summary).toMatchObject({ algorithm: "grpo", policy: "demo", step: 12, steps: 40, reward: 7.5, state: "stopped" });
  expect(summary.klPerToken).toBeCloseTo(0.075, 12);
  expect(summary.loss).toBeUndefined();
  const lock = await lockFolder(run, DashboardError);
  expect((await summarizeRun(run)).state).toBe("running");
  await lock.release();
  await mkdir(join(run, "final"));
  expect((await summarizeRun(run)).state).toBe("finished");
});

test("trainers on data are known by their options, and what can't be read is undefined", async () => {
  const told = async (config: string) => {
    const run = join(await runsFolder({ one: 1 }), "one");
    await writeFile(join(run, "config.json"), config);
    return (await summarizeRun(run)).algorithm;
  };
  expect(await told('{"completionOnlyLoss":true}')).toBe("sft");
  expect(await told('{"lossType":"sigmoid"}')).toBe("dpo");
  expect(await told('{"centerRewardsCoefficient":0}')).toBe("reward");
  for (const config of ["", "[", "null", "[1]", '{"algorithm":7}']) expect(await told(config)).toBeUndefined();
});

test("an empty log is step 0, and no folder none either", async () => {
  const run = join(await runsFolder({ one: 0 }), "one");
  expect(await summarizeRun(run)).toMatchObject({ step: 0, reward: undefined });
  await rm(run, { recursive: true });
  expect(await summarizeRun(run)).toMatchObject({ step: 0, state: "stopped", updatedAt: 0 });
});
