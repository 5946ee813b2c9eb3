import { mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { latestCheckpoint } from "@cai/checkpoint";
import { goldenPath } from "@cai/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { tally } from "../setup/tally.mjs";
import { type Filling, writeFillingReward } from "./filling-reward.ts";
import { isRest, type RunRecord, readRunRecord } from "./run-record.ts";
import { mountSmallDisk, whyNoSmallDisk } from "./small-disk.ts";
import { runCai } from "./start-cai.ts";

const missing = whyNoSmallDisk();
const steps = 10;
let folder: string;
let argv: readonly string[];
let whole: RunRecord;
let checkpointBytes: number;
let faults = 0;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "cai-disk-")));
  const named = {
    "--policy": goldenPath("tiny-gpt2"),
    "--reward": await writeFillingReward(folder),
    "--prompts": join(folder, "prompts.txt"),
    "--steps": String(steps),
    "--checkpoint-every": "4",
    "--max-new-tokens": "8",
    "--learning-rate": "1e-3",
  };
  argv = ["train", ...Object.entries(named).flat()];
  await writeFile(named["--prompts"], "the old house\na letter\nsomebody came\n");
  const out = join(folder, "whole");
  expect(await runCai(argv, { out })).toMatchObject({ end: 0 });
  whole = readRunRecord(out);
  const checkpoint = join(out, "checkpoints/step-000004");
  const sizes = await Promise.all((await readdir(checkpoint)).map(async (name) => (await stat(join(checkpoint, name))).size));
  checkpointBytes = sizes.reduce((sum, size) => sum + size);
}, 600_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
  tally({ what: "faults injected", of: "full disks", count: faults });
});

interface Case {
  /** What there is no room for. */
  readonly part: string;
  /** The path that is told, within the run's folder. */
  readonly told: RegExp;
  readonly filling: () => Omit<Filling, "ballast">;
  /** The step of the newest whole checkpoint then. */
  readonly kept: number;
}

const kilobyte = 1024;
const cases: readonly Case[] = [
  { part: "a checkpoint", told: /checkpoints\/\S*step-000008\S*/, filling: () => ({ call: 5, leave: 200 * kilobyte }), kept: 4 },
  // Within four lines of a kilobyte the last page of metrics.jsonl is full; the checkpoint that the run then ends with has no room either.
  { part: "metrics", told: /checkpoints|metrics\.jsonl|tensorboard|samples\.jsonl/, filling: () => ({ call: 5, leave: 0 }), kept: 4 },
  { part: "final/", told: /final/, filling: () => ({ call: steps, leave: checkpointBytes + 100 * kilobyte }), kept: steps },
];

test.skipIf(missing !== undefined).for(cases)(
  `a disk that is full while $part is written ends the run in a line; with room again it goes on to the same bytes${missing === undefined ? "" : ` (${missing})`}`,
  { timeout: 600_000 },
  async ({ told, filling, kept }) => {
    const at = join(folder, "disk");
    await mkdir(at, { recursive: true });
    const disk = await mountSmallDisk(at, 16 * kilobyte ** 2);
    onTestFinished(() => disk.release());
    const [out, seen, ballast] = [join(at, "run"), join(disk.outside, "run"), join(at, "ballast")];
    const env = { CAI_TEST_FILLING: JSON.stringify({ ballast, ...filling() } satisfies Filling) };
    const { end, stderr } = await runCai(argv, { out, env, through: disk.through });
    expect([end, stderr]).toEqual([1, expect.stringMatching(/^[^\n]*no space left on device[^\n]*\n$/)]);
    const [first, path] = stderr.split(`${out}/`);
    expect(`${first}: ${path}`).toMatch(told);
    faults += 1;

    const { checkpoint, skipped } = await latestCheckpoint(join(seen, "checkpoints"));
    expect([basename(checkpoint!.directory), skipped]).toEqual([`step-${String(kept).padStart(6, "0")}`, []]);
    expect((await readdir(seen, { recursive: true })).filter(isRest)).toEqual([]);

    await rm(join(disk.outside, "ballast"));
    expect(await runCai([...argv, "--resume"], { out, through: disk.through })).toMatchObject({ end: 0 });
    expect(readRunRecord(seen)).toEqual(whole);
  },
);
