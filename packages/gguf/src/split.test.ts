import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { GgufError } from "./error.ts";
import { type FileParts, f32, fileBytes, packed, value } from "./gguf-bytes.fixture.ts";
import { openGguf } from "./open.ts";

const one = (name: string, number: number): FileParts => packed({ [name]: { dtype: "F32", shape: [1], stored: [...f32(number)] } });
const part = (number: number, count: number, tensors: FileParts): FileParts => ({
  metadata: [
    ["split.no", value.u32(number)],
    ["split.count", value.u32(count)],
    ["split.tensors.count", value.u32(2)],
  ],
  ...tensors,
});

/** A folder with files of these names; the path of the first. */
async function folderOf(files: Readonly<Record<string, FileParts>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gguf-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, parts] of Object.entries(files)) await writeFile(join(folder, name), fileBytes(parts));
  return join(folder, Object.keys(files)[0]!);
}

const first = "m-00001-of-00002.gguf";
const second = "m-00002-of-00002.gguf";

test("a model in several files is opened by its first, and read from all of them", async () => {
  const file = await openGguf(await folderOf({ [first]: part(0, 2, one("a", 1)), [second]: part(1, 2, one("b", 2)) }));
  expect([...file.tensors.keys()]).toEqual(["a", "b"]);
  expect([await file.readFloat32("a"), await file.readFloat32("b")]).toEqual([Float32Array.of(1), Float32Array.of(2)]);
  await file.close();
});

test("the first may hold no tensors, and a model of one file is whole", async () => {
  const none = await openGguf(
    await folderOf({
      [first]: part(0, 2, {}),
      [second]: part(1, 2, {
        ...packed({
          a: { dtype: "F32", shape: [2], stored: [...f32(1), ...f32(2)] },
          b: { dtype: "F32", shape: [1], stored: [...f32(3)] },
        }),
      }),
    }),
  );
  expect(await none.readFloat32("b")).toEqual(Float32Array.of(3));
  await none.close();
  const whole = await openGguf(await folderOf({ "whole.gguf": { metadata: [["split.count", value.u32(1)]], ...one("a", 4) } }));
  expect(await whole.readFloat32("a")).toEqual(Float32Array.of(4));
  await whole.close();
});

test.each<[what: string, files: Record<string, FileParts>, message: RegExp]>([
  [
    "a further file",
    { [second]: part(1, 2, one("b", 2)) },
    /is a further one of 2 files of a model: give the first, …-00001-of-00002\.gguf/,
  ],
  ["another name", { "m.gguf": part(0, 2, one("a", 1)) }, /whose names must end as …-00001-of-00002\.gguf: rename them/],
  ["a file that is missing", { [first]: part(0, 2, one("a", 1)) }, /m-00002-of-00002\.gguf can't be opened/],
  ["more files than there are", { "m-00001-of-60000.gguf": part(0, 60_000, one("a", 1)) }, /m-00002-of-60000\.gguf can't be opened/],
  [
    "a part of another model",
    { [first]: part(0, 2, one("a", 1)), [second]: part(1, 3, one("b", 2)) },
    /00002\.gguf says that it is no part 2 of 2/,
  ],
  [
    "a whole model in place of a part",
    { [first]: part(0, 2, one("a", 1)), [second]: one("b", 2) },
    /00002\.gguf says that it is no part 2 of 2/,
  ],
  [
    "a tensor in two files",
    { [first]: part(0, 2, one("a", 1)), [second]: part(1, 2, one("a", 2)) },
    /00002\.gguf: tensor "a" stands in a file before/,
  ],
  [
    "a tensor too few",
    { [first]: part(0, 2, {}), [second]: part(1, 2, one("b", 2)) },
    /its files have 1 tensors, split\.tensors\.count is 2/,
  ],
  [
    "no number of files",
    { "m.gguf": { metadata: [["split.count", value.text("two")]] } },
    /split\.count is two, expected a number of files/,
  ],
  ["too many files", { "m.gguf": { metadata: [["split.count", value.u64(2n ** 60n)]] } }, /split\.count is 1152921504606846976, expected/],
])("%s is refused with the file", async (_, files, message) => {
  const path = await folderOf(files);
  const error: unknown = await openGguf(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GgufError);
  expect((error as GgufError).message).toMatch(message);
});
