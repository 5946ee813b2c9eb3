import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkpointName } from "./checkpoint-names.ts";
import { CheckpointError } from "./error.ts";
import { latestCheckpoint } from "./latest-checkpoint.ts";
import { renderManifest } from "./manifest.ts";
import { type Checkpoint, readCheckpoint } from "./read-checkpoint.ts";
import { refuseUnreadable } from "./refuse-unreadable.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";

const root = await mkdtemp(join(tmpdir(), "checkpoint-read-"));
const whole = join(root, "whole", checkpointName(7));
const files = ["manifest.json", "policy.safetensors", "state.json"];

beforeAll(async () => {
  const source = { entries: [{ name: "w", dtype: "F32", shape: [3] }] as const, data: () => Float32Array.of(1, 2, 3) };
  await writeCheckpoint({ directory: whole, state: { step: 7 }, tensors: { "policy.safetensors": source }, metadata: { by: "test" } });
});
afterAll(() => rm(root, { recursive: true }));

let copies = 0;
async function copyOfWhole(): Promise<string> {
  const copy = join(root, `copy-${copies++}`);
  await cp(whole, copy, { recursive: true });
  return copy;
}

/** The error that a broken checkpoint is refused with. */
async function refusal(directory: string): Promise<CheckpointError> {
  const error = await readCheckpoint(directory).catch((caught: unknown) => caught);
  if (!CheckpointError.isInstance(error)) throw new Error(`expected a CheckpointError, got ${String(error)}`);
  expect(error.code).toBe("broken");
  return error;
}

test("the files are those of the manifest, and whole they are accepted", async () => {
  expect((await readdir(whole)).sort()).toEqual(files);
  expect((await readCheckpoint(await copyOfWhole())).state).toEqual({ step: 7 });
});

test("a flipped bit anywhere is refused with the file's name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(7), async (file, place, bit) => {
      const directory = await copyOfWhole();
      const bytes = await readFile(join(directory, file));
      bytes[place % bytes.length]! ^= 1 << bit;
      await writeFile(join(directory, file), bytes);
      const { message } = await refusal(directory);
      if (file !== "manifest.json") expect(message).toContain(file);
      await rm(directory, { recursive: true });
    }),
    { numRuns: 200 },
  );
});

test("a flipped bit of the manifest names the manifest", async () => {
  const directory = await copyOfWhole();
  const path = join(directory, "manifest.json");
  const text = await readFile(path, "utf8");
  for (let place = 0; place < text.length; place++) {
    const bytes = Buffer.from(text);
    bytes[place]! ^= 1;
    await writeFile(path, bytes);
    expect((await refusal(directory)).message).toContain("manifest.json");
  }
});

test("a missing file is refused with its name", async () => {
  for (const file of files) {
    const directory = await copyOfWhole();
    await rm(join(directory, file));
    expect((await refusal(directory)).message).toContain(`${file} can't be read`);
  }
});

test("a file cut at any length is refused with its name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), async (file, place) => {
      const directory = await copyOfWhole();
      const { length } = await readFile(join(directory, file));
      await truncate(join(directory, file), place % length);
      expect((await refusal(directory)).message).toContain(file);
      await rm(directory, { recursive: true });
    }),
    { numRuns: 100 },
  );
});

test("a manifest that leads out of the folder, lacks the state or comes from a later version is refused", async () => {
  const digest = { byteLength: 1, sha256: "" };
  const state = { "state.json": digest };
  const refused: [string, RegExp | string][] = [
    [renderManifest({ files: { "../../secret": digest, ...state }, metadata: {} }), "file-name"],
    [renderManifest({ files: { "policy.safetensors": digest }, metadata: {} }), "broken"],
    [renderManifest({ files: state, metadata: {} }).replace('"format": 1', '"format": 2'), "broken"],
    ["null\n", "broken"],
  ];
  for (const [manifest, code] of refused) {
    const directory = await copyOfWhole();
    await writeFile(join(directory, "manifest.json"), manifest);
    await expect(readCheckpoint(directory)).rejects.toMatchObject({ name: "CheckpointError", code });
  }
});

async function folderOf(steps: readonly number[]): Promise<string> {
  const folder = join(root, `folder-${copies++}`);
  for (const step of steps) await writeCheckpoint({ directory: join(folder, checkpointName(step)), state: { step }, tensors: {} });
  return folder;
}

test("without `latest` the newest complete checkpoint is found, by number and not by name", async () => {
  const folder = await folderOf([999_999, 1_000_000]);
  await rm(join(folder, "latest"));
  expect(await latestCheckpoint(folder)).toMatchObject({ checkpoint: { state: { step: 1_000_000 } }, skipped: [] });
});

test("`latest` is followed even where another step stands above it", async () => {
  const folder = await folderOf([30, 20]);
  expect(await latestCheckpoint(folder)).toMatchObject({ checkpoint: { state: { step: 20 } }, skipped: [] });
});

test("where `latest` names a broken checkpoint, the newest complete one is taken and the broken one told", async () => {
  const folder = await folderOf([10, 20, 30]);
  await writeFile(join(folder, "step-000030", "state.json"), "{}");
  const { checkpoint, skipped } = await latestCheckpoint(folder);
  expect(checkpoint?.state).toEqual({ step: 20 });
  expect(skipped).toHaveLength(1);
  expect(skipped[0]).toMatch(/step-000030 is broken: state.json/);
});

test("`latest` may name what is not there, or nothing sensible", async () => {
  const folder = await folderOf([10]);
  for (const text of ["step-000020\n", "", "../elsewhere", "latest"]) {
    await writeFile(join(folder, "latest"), text);
    expect(await latestCheckpoint(folder)).toMatchObject({ checkpoint: { state: { step: 10 } }, skipped: [] });
  }
});

test("a folder without a complete checkpoint, or no folder, has no latest", async () => {
  expect(await latestCheckpoint(join(root, "nowhere"))).toEqual({ checkpoint: undefined, skipped: [] });
  const folder = await folderOf([10]);
  await rm(join(folder, "step-000010", "manifest.json"));
  expect(await latestCheckpoint(folder)).toMatchObject({ checkpoint: undefined, skipped: [expect.stringContaining("manifest.json")] });
});

test("what can't be read now is never counted as none, nor passed over", async () => {
  const folder = join(root, `folder-${copies++}`);
  await writeFile(folder, "no folder"); // a file in its place
  await expect(latestCheckpoint(folder)).rejects.toMatchObject({ code: "cannot-read", message: expect.stringContaining("ENOTDIR") });

  const other = await folderOf([10]);
  await rm(join(other, "latest"));
  await mkdir(join(other, "latest"));
  await expect(latestCheckpoint(other)).rejects.toMatchObject({ code: "cannot-read", message: expect.stringContaining("latest") });
});

// Root reads everything.
test.skipIf(process.getuid?.() === 0)("a folder or a file without the right to read it is an error that names it", async () => {
  const folder = await folderOf([10, 20]);
  const file = join(folder, "step-000020", "state.json");
  await chmod(file, 0);
  await expect(latestCheckpoint(folder)).rejects.toMatchObject({ code: "cannot-read", message: expect.stringContaining(file) });
  await chmod(folder, 0);
  await expect(latestCheckpoint(folder)).rejects.toMatchObject({ code: "cannot-read", message: expect.stringContaining("EACCES") });
  await chmod(folder, 0o755);
});

test("a refusal of the system tells what may be whole from what is gone", () => {
  const failing = (code: string) => () => refuseUnreadable("step-000020/state.json", Object.assign(new Error(code), { code }));
  for (const code of ["EACCES", "EPERM", "EMFILE", "ESTALE"])
    expect(failing(code)).toThrow(`step-000020/state.json can't be read (${code})`);
  for (const code of ["ENOENT", "EISDIR", "EIO"]) expect(failing(code)).not.toThrow();
});

test("a checkpoint that `accept` calls broken is stepped back from; what else it throws is passed on", async () => {
  const folder = await folderOf([10, 20]);
  const accept = ({ state }: Checkpoint) => {
    if ((state as { step: number }).step === 20) throw new CheckpointError("broken", "20 is not what it should be");
  };
  expect(await latestCheckpoint(folder, accept)).toMatchObject({
    checkpoint: { state: { step: 10 } },
    skipped: ["20 is not what it should be"],
  });
  await expect(latestCheckpoint(folder, () => { throw new RangeError("of another run"); })).rejects.toThrow(RangeError); // biome-ignore format: a line
});
