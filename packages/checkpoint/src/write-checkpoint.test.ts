import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TensorSource } from "@cai/safetensors";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { checkpointName } from "./checkpoint-names.ts";
import { latestCheckpoint } from "./latest-checkpoint.ts";
import { readCheckpoint } from "./read-checkpoint.ts";
import { type CheckpointContents, writeCheckpoint } from "./write-checkpoint.ts";

const root = await mkdtemp(join(tmpdir(), "checkpoint-"));
afterAll(() => rm(root, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(root, `run-${folders++}`, "checkpoints");

const oneTensor = (numbers: readonly number[]): TensorSource => ({
  entries: [{ name: "w", dtype: "F32", shape: [numbers.length] }],
  data: () => Float32Array.from(numbers),
});
const ofStep = (folder: string, step: number, mark = step): CheckpointContents => ({
  directory: join(folder, checkpointName(step)),
  state: { step, mark },
  tensors: { "policy.safetensors": oneTensor([mark, 1]), "moments.safetensors": oneTensor([mark, 2, 3]) },
});

test("what was written is read back: state, metadata and tensors", async () => {
  const folder = newFolder();
  const directory = join(folder, checkpointName(10));
  expect(directory.endsWith("step-000010")).toBe(true);
  const state = { step: 10, kl: { coefficient: 0.1 }, order: [2, 0, 1], note: "é", unset: undefined };
  await writeCheckpoint({ directory, state, tensors: { "policy.safetensors": oneTensor([1.5, -2]) }, metadata: { version: "0.1.0" } });

  const checkpoint = await readCheckpoint(directory);
  expect(checkpoint).toMatchObject({ directory, metadata: { version: "0.1.0" } });
  expect(checkpoint.state).toEqual({ step: 10, kl: { coefficient: 0.1 }, order: [2, 0, 1], note: "é" });
  const file = await checkpoint.openTensors("policy.safetensors");
  expect([...(await file.readFloat32("w"))]).toEqual([1.5, -2]);
  await file.close();
  await expect(checkpoint.openTensors("other.safetensors")).rejects.toThrow(/no file "other.safetensors", only policy.safetensors/);
  expect(await readFile(join(folder, "latest"), "utf8")).toBe("step-000010\n");
});

test("any JSON state comes back equal", async () => {
  const folder = newFolder();
  const json = fc.jsonValue({ noUnicodeString: false } as fc.JsonSharedConstraints);
  await fc.assert(
    fc.asyncProperty(json, async (state) => {
      await writeCheckpoint({ directory: join(folder, checkpointName(1)), state, tensors: {} });
      expect((await readCheckpoint(join(folder, checkpointName(1)))).state).toEqual(JSON.parse(JSON.stringify(state)));
    }),
    { numRuns: 25 },
  );
});

test("a state that JSON would change is refused by its path, with nothing written", async () => {
  const folder = newFolder();
  const refused: [unknown, string][] = [
    [{ klController: { history: [1, Number.NaN] } }, "state.klController.history[1]"],
    [{ moments: new Float32Array(2) }, "state.moments"],
    [{ seen: new Map() }, "state.seen"],
    [10n, "state"],
  ];
  for (const [state, path] of refused) {
    const write = writeCheckpoint({ directory: join(folder, checkpointName(1)), state, tensors: {} });
    await expect(write).rejects.toMatchObject({ code: "state-not-json", message: expect.stringContaining(`${path} `) });
  }
  await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a tensor file can't leave the folder or take the place of another", async () => {
  const folder = newFolder();
  for (const name of ["../policy.safetensors", "a/b", ".hidden", "manifest.json", "state.json"]) {
    const write = writeCheckpoint({ ...ofStep(folder, 1), tensors: { [name]: oneTensor([1]) } });
    await expect(write).rejects.toMatchObject({ code: "file-name" });
  }
  await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a source that fails leaves the earlier checkpoint the newest and nothing of its own", async () => {
  const folder = newFolder();
  await writeCheckpoint(ofStep(folder, 10));
  const failing: TensorSource = {
    ...oneTensor([1]),
    data: () => {
      throw new Error("no memory");
    },
  };
  for (const file of ["policy.safetensors", "moments.safetensors"]) {
    const next = ofStep(folder, 20);
    await expect(writeCheckpoint({ ...next, tensors: { ...next.tensors, [file]: failing } })).rejects.toThrow("no memory");
  }
  expect((await readdir(folder)).sort()).toEqual(["latest", "step-000010"]);
  expect((await latestCheckpoint(folder)).checkpoint?.state).toEqual({ step: 10, mark: 10 });
});

test("a second write of a step replaces the first", async () => {
  const folder = newFolder();
  await writeCheckpoint(ofStep(folder, 10, 1));
  await writeCheckpoint(ofStep(folder, 10, 2));
  expect((await readdir(folder)).sort()).toEqual(["latest", "step-000010"]);
  expect((await latestCheckpoint(folder)).checkpoint?.state).toEqual({ step: 10, mark: 2 });
});

test("only the newest are kept, and steps above the one written are left alone", async () => {
  const folder = newFolder();
  for (const step of [10, 20, 30]) await writeCheckpoint({ ...ofStep(folder, step), keep: 2 });
  expect((await readdir(folder)).sort()).toEqual(["latest", "step-000020", "step-000030"]);
  await writeCheckpoint({ ...ofStep(folder, 15), keep: 1 });
  expect((await readdir(folder)).sort()).toEqual(["latest", "step-000015", "step-000020", "step-000030"]);
  expect((await latestCheckpoint(folder)).checkpoint?.state).toEqual({ step: 15, mark: 15 });
});

test("a checkpoint of another name touches nothing beside itself", async () => {
  const folder = newFolder();
  await writeCheckpoint(ofStep(folder, 10));
  await writeFile(join(folder, "latest"), "as it was");
  await writeCheckpoint({ ...ofStep(folder, 1), directory: join(folder, "best"), keep: 1 });
  expect((await readdir(folder)).sort()).toEqual(["best", "latest", "step-000010"]);
  expect(await readFile(join(folder, "latest"), "utf8")).toBe("as it was");
  expect((await readCheckpoint(join(folder, "best"))).state).toEqual({ step: 1, mark: 1 });
});
