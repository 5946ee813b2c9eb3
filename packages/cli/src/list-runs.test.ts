import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-codes.ts";
import { type ListedRun, runsTable } from "./list-runs.ts";
import { runCommand } from "./run-command.fixture.ts";

const run: ListedRun = {
  ...{
    name: "first",
    directory: "/runs/first",
    algorithm: "ppo",
    policy: "demo",
    step: 40,
    steps: 100,
    reward: 0.516,
    klPerToken: -0.00123,
  },
  ...{ loss: undefined, state: "running", updatedAt: 1_000_000, seconds: 95.4 },
};

test("a table: what no run has is no column", () => {
  const other: ListedRun = {
    ...run,
    name: "deep/sft",
    algorithm: "sft",
    steps: undefined,
    reward: undefined,
    state: "finished",
    seconds: 7200,
  };
  expect(runsTable([run, other], 1_030_000)).toEqual([
    "run       algorithm  model   steps  reward  kl/token   time  state     last step",
    "first     ppo        demo   40/100   +0.52   −0.0012  2 min  running    30 s ago",
    "deep/sft  sft        demo       40           −0.0012  2.0 h  finished   30 s ago",
  ]);
  expect(runsTable([], 0)).toEqual(["no run is here: one is known by its metrics.jsonl, which the first step writes"]);
});

test("cai runs lists what is below a folder, as lines of JSON if asked", async () => {
  const folder = await temporaryFolder();
  for (const name of ["a", "b/rl"]) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, "metrics.jsonl"), '{"step":1,"time/total":2}\n{"step":2,"time/total":3}\n');
  }
  const { stdout } = await runCommand("runs", folder, "--json");
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ name, step, seconds, state }) => [name, step, seconds, state]).sort()).toEqual([
    ["a", 2, 5, "stopped"],
    ["b/rl", 2, 5, "stopped"],
  ]);
  const refused = await runCommand("runs", join(folder, "none")).catch((error: unknown) => error);
  expect([exitCodeOf(refused), (refused as Error).message]).toEqual([2, expect.stringContaining("is not there: name a run's folder")]);
});
