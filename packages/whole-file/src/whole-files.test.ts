import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { isTemporary } from "./temporary-name.ts";
import { checkWritable, syncFolder, wholeFiles } from "./whole-files.ts";

class OwnError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
const files = wholeFiles(OwnError);

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "whole-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("text and bytes are written, over what was there", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "file");
  await files.write(path, "a longer text\n");
  await files.write(path, "é\n");
  expect(await readFile(path, "utf8")).toBe("é\n");
  await files.write(path, Uint8Array.of(1, 0, 255));
  expect([...(await readFile(path))]).toEqual([1, 0, 255]);
  expect(await readdir(folder)).toEqual(["file"]);
});

test("pieces of any length become the file, and its length and SHA-256 are told", async () => {
  const path = join(await temporaryFolder(), "file");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), async (pieces) => {
      const written = await files.writePieces(
        path,
        (async function* () {
          yield* pieces;
        })(),
      );
      const bytes = Buffer.concat(pieces);
      expect(await readFile(path)).toEqual(bytes);
      expect(written).toEqual({ byteLength: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
    }),
    { numRuns: 30 },
  );
});

test("a view into a larger array is written as the view", async () => {
  const path = join(await temporaryFolder(), "file");
  async function* view() {
    yield Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
  }
  await files.writePieces(path, view());
  expect([...(await readFile(path))]).toEqual([2, 3]);
});

test("until the last piece is written a reader finds the old file, with one temporary file beside it", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "file");
  await writeFile(path, "before");
  async function* pieces() {
    yield Buffer.from("aft");
    expect(await readFile(path, "utf8")).toBe("before");
    const beside = (await readdir(folder)).filter((name) => name !== "file");
    expect(beside.map(isTemporary)).toEqual([true]);
    expect(beside[0]).toMatch(/^file\./);
    yield Buffer.from("er");
  }
  await files.writePieces(path, pieces());
  expect(await readFile(path, "utf8")).toBe("after");
  expect(isTemporary("file")).toBe(false);
  expect(isTemporary("file.tmp")).toBe(false);
});

test("what a source of pieces throws is passed on; the old file stays, with nothing beside it", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "file");
  await writeFile(path, "before");
  const fault = new Error("the source is gone");
  async function* pieces() {
    yield Buffer.from("half");
    throw fault;
  }
  await expect(files.writePieces(path, pieces())).rejects.toBe(fault);
  expect(await readFile(path, "utf8")).toBe("before");
  expect(await readdir(folder)).toEqual(["file"]);
});

test("writers of one file at the same time leave the content of one of them", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "file");
  const contents = Array.from({ length: 8 }, (_, writer) => String(writer).repeat(10_000));
  await Promise.all(contents.map((content) => files.write(path, content)));
  expect(contents).toContain(await readFile(path, "utf8"));
  expect(await readdir(folder)).toEqual(["file"]);
});

test("folders are made with those above them, and a file is removed where there is one", async () => {
  const folder = join(await temporaryFolder(), "a", "b");
  await files.makeFolder(folder);
  await files.makeFolder(folder);
  const path = join(folder, "file");
  await files.write(path, "");
  await files.remove(path);
  await files.remove(path);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ["a folder that is missing", "can't be written", (at: string) => files.write(join(at, "missing", "x"), "")],
  ["pieces into a folder that is missing", "can't be written", (at: string) => files.writePieces(join(at, "missing", "x"), none())],
  ["a folder in the file's place", "can't be written", (at: string) => files.write(join(at, "folder"), "")],
  ["a folder below a file", "can't be made", (at: string) => files.makeFolder(join(at, "file", "x"))],
  ["a folder to remove as a file", "can't be removed", (at: string) => files.remove(join(at, "folder"))],
])("%s: the error is the caller's own, names the path, and has the system's as its cause", async (_, message, attempt) => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "folder"));
  await writeFile(join(folder, "file"), "");
  const error: unknown = await attempt(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OwnError);
  expect((error as Error).message).toMatch(new RegExp(`^${folder}/\\S+ ${message}: .`));
  expect((error as Error).cause).toBeInstanceOf(Error);
  expect((await readdir(folder)).sort()).toEqual(["file", "folder"]);
});

async function* none(): AsyncGenerator<Uint8Array> {}

test("a folder that can't be flushed is an error that names it, not a shrug", async () => {
  const folder = await temporaryFolder();
  await syncFolder(folder);
  await expect(syncFolder(join(folder, "none"))).rejects.toMatchObject({
    code: "ENOENT",
    message: expect.stringContaining(`the folder ${join(folder, "none")} can't be flushed to the disk: ENOENT`),
  });
});

test("a folder can be written to where it is, or where it would be made", async () => {
  const folder = await temporaryFolder();
  await checkWritable(folder);
  await checkWritable(join(folder, "a", "b"));
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, "file"), "");
  await expect(checkWritable(join(folder, "file"))).rejects.toThrow(/file can't be written to: it is a file|EACCES/);
  await expect(checkWritable(join(folder, "file", "a"))).rejects.toThrow(`${join(folder, "file", "a")} can't be written to: ENOTDIR`);
  if (process.getuid?.() === 0) return; // the superuser may write anywhere
  await chmod(folder, 0o500);
  await expect(checkWritable(join(folder, "a"))).rejects.toMatchObject({ code: "EACCES" });
  await chmod(folder, 0o700);
});
