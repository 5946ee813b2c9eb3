import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { checkpointName } from "./checkpoint-names.ts";
import { latestCheckpoint } from "./latest-checkpoint.ts";
import { writeCheckpoint } from "./write-checkpoint.ts";

/** How many more changes to the disk succeed; after that every one fails, as after a `kill -9`. */
const disk = vi.hoisted(() => ({ changesLeft: Number.POSITIVE_INFINITY }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const dying =
    <Parameters extends unknown[], Result>(change: (...parameters: Parameters) => Promise<Result>) =>
    async (...parameters: Parameters): Promise<Result> => {
      if (disk.changesLeft-- <= 0) throw new Error("killed");
      return change(...parameters);
    };
  const open: typeof real.open = async (path, flags, mode) => {
    const file = await (flags === "r" || flags === undefined ? real.open(path, flags, mode) : dying(real.open)(path, flags, mode));
    file.write = dying(file.write.bind(file)) as typeof file.write;
    file.writeFile = dying(file.writeFile.bind(file));
    return file;
  };
  const { mkdir, rename, rm, unlink, writeFile } = real;
  return { ...real, open, mkdir: dying(mkdir), rename: dying(rename), rm: dying(rm), unlink: dying(unlink), writeFile: dying(writeFile) };
});

const root = await mkdtemp(join(tmpdir(), "checkpoint-crash-"));
afterAll(() => rm(root, { recursive: true }));

const write = (folder: string, step: number, mark: number): Promise<void> =>
  writeCheckpoint({
    directory: join(folder, checkpointName(step)),
    state: { mark },
    tensors: {
      "policy.safetensors": { entries: [{ name: "w", dtype: "F32", shape: [2] }], data: () => Float32Array.of(mark, 1) },
      "moments.safetensors": { entries: [{ name: "m", dtype: "F32", shape: [1] }], data: () => Float32Array.of(mark) },
    },
    keep: 2,
  });

const markOfLatest = async (folder: string): Promise<unknown> =>
  ((await latestCheckpoint(folder)).checkpoint?.state as { mark: number } | undefined)?.mark;

/** Kills a write after 0, 1, 2 … changes until one gets through; returns the mark found after each, and the tidied folder's last state. */
async function killEverywhere(name: string, before: readonly number[], step: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let survived = false, changes = 0; !survived; changes++) {
    const folder = join(root, `${name}-${changes}`);
    for (const earlier of before) await write(folder, earlier, earlier);
    disk.changesLeft = changes;
    survived = await write(folder, step, 999).then(
      () => true,
      () => false,
    );
    disk.changesLeft = Number.POSITIVE_INFINITY;
    found.push(await markOfLatest(folder));
    await write(folder, step + 1, 1000); // the next write clears what the killed one left
    expect(await markOfLatest(folder)).toBe(1000);
    expect((await readdir(folder)).filter((entry) => !/^(latest|step-\d+)$/.test(entry))).toEqual([]);
  }
  return found;
}

test("killed before any change to the disk, a write leaves the earlier checkpoint or the new one, complete", async () => {
  const found = await killEverywhere("next", [10, 20], 30);
  const firstNew = found.indexOf(999);
  expect(firstNew).toBeGreaterThan(6); // two tensor files, state, manifest, folder and rename come before
  expect(found.slice(0, firstNew).every((mark) => mark === 20)).toBe(true);
  expect(found.slice(firstNew).every((mark) => mark === 999)).toBe(true);
});

test("killed before any change to the disk, a second write of a step leaves the first or the second, complete", async () => {
  const found = await killEverywhere("same", [10, 20], 20);
  const firstNew = found.indexOf(999);
  expect(found.slice(0, firstNew).every((mark) => mark === 20)).toBe(true);
  expect(found.slice(firstNew).every((mark) => mark === 999)).toBe(true);
});

test("killed before any change to the disk, the first write of all leaves nothing or a complete checkpoint", async () => {
  const found = await killEverywhere("first", [], 1);
  const firstNew = found.indexOf(999);
  expect(found.slice(0, firstNew).every((mark) => mark === undefined)).toBe(true);
  expect(found.slice(firstNew).every((mark) => mark === 999)).toBe(true);
});
