import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DashboardError } from "./error.ts";
import { findRuns } from "./find-runs.ts";
import { runsFolder } from "./run.fixture.ts";

test("runs are found at a folder and below, in any pipeline's folder, but not within a run's own files", async () => {
  const folder = await runsFolder({ second: 1, first: 1, "pipeline/rl": 2 });
  await mkdir(join(folder, "first/checkpoints/step-000001"), { recursive: true });
  await writeFile(join(folder, "first/checkpoints/step-000001/metrics.jsonl"), "");
  await mkdir(join(folder, "model"));
  await writeFile(join(folder, "model/config.json"), "{}");
  expect(await findRuns(folder)).toEqual(["first", "pipeline/rl", "second"].map((name) => join(folder, name)));
  expect(await findRuns(join(folder, "first"))).toEqual([join(folder, "first")]);
});

test("links aren't followed", async () => {
  const [folder, elsewhere] = [await runsFolder({ own: 1 }), await runsFolder({ other: 1 })];
  await symlink(elsewhere, join(folder, "link"));
  expect(await findRuns(folder)).toEqual([join(folder, "own")]);
});

test("a folder that isn't there is told", async () => {
  const error = await findRuns("no/such/folder").catch((error) => error);
  expect(DashboardError.isInstance(error) && error.code).toBe("no-folder");
  expect(error.message).toBe("no/such/folder is not there: name a run's folder, or one with runs below it");
});
