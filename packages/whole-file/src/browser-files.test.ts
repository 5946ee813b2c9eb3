import { beforeEach, expect, test, vi } from "vitest";
import { type BrowserFolder, filesOf } from "./browser-folder.ts";
import { memoryFolder } from "./memory-folder.ts";
import { mountFolder } from "./mounts.ts";

vi.mock("#system", () => import("./system-browser.ts"));
vi.mock("#owner-lock", () => import("./owner-lock-browser.ts"));

// As a bundle for browsers has them.
const { digestFile, isTemporary, lockFolder, readTextFile, syncFolder, wholeFiles } = await import("./index.ts");
const system = await import("./system-browser.ts");

class FileError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
const files = wholeFiles(FileError);
let folder: BrowserFolder;

beforeEach(() => {
  folder = memoryFolder({ "a.txt": "one", "in/b.txt": "two" });
  return mountFolder("/runs", folder);
});

const contents = async () =>
  Object.fromEntries(await Promise.all([...(await filesOf(folder))].map(async ([name, blob]) => [name, await blob.text()])));

test("both systems have the same names, so that what imports one can have the other", async () => {
  expect(Object.keys(system).sort()).toEqual(Object.keys(await import("./system-node.ts")).sort());
});

test("files are read by path, whole and in parts, and folders tell what they hold", async () => {
  expect(await readTextFile("/runs/in/b.txt", { within: "/runs/in" })).toBe("two");
  expect(await system.readdir("runs")).toEqual(["a.txt", "in"]);
  const handle = await system.open("/runs/a.txt");
  const bytes = new Uint8Array(2);
  expect(await handle.read(bytes, 0, 2, 1)).toEqual({ bytesRead: 2 });
  expect([...bytes]).toEqual([...Buffer.from("ne")]);
  expect(await handle.read(bytes, 0, 2, 3)).toEqual({ bytesRead: 0 });
  expect(await system.exists("/runs/in")).toBe(true);
  expect((await system.stat("/runs/a.txt")).size).toBe(3);
});

test("what is written is there as a whole, under its name alone, with its digest", async () => {
  await files.makeFolder("/runs/deep/er");
  await files.write("/runs/deep/er/c.txt", "three");
  async function* pieces() {
    yield Buffer.from("fo");
    yield Buffer.from("ur");
  }
  const written = await files.writePieces("/runs/a.txt", pieces());
  expect(await digestFile("/runs/a.txt")).toEqual(written);
  await syncFolder("/runs");
  expect(await contents()).toEqual({ "a.txt": "four", "in/b.txt": "two", "deep/er/c.txt": "three" });
});

test("a write that fails leaves what was there", async () => {
  async function* pieces() {
    yield Buffer.from("half");
    throw new Error("no more");
  }
  await expect(files.writePieces("/runs/a.txt", pieces())).rejects.toThrow("no more");
  expect(await contents()).toEqual({ "a.txt": "one", "in/b.txt": "two" });
  expect((await system.readdir("/runs")).filter(isTemporary)).toEqual([]);
});

test("folders are renamed and removed with all that they hold, and files written on", async () => {
  await system.rename("/runs/in", "/runs/out");
  const log = await system.open("/runs/out/b.txt", "a");
  await log.appendFile(" and");
  await log.appendFile(Buffer.from(" more"));
  await log.close();
  await system.rm("/runs/a.txt");
  await system.rm("/runs/none", { force: true });
  expect(await contents()).toEqual({ "out/b.txt": "two and more" });
  await expect(system.rm("/runs/out")).rejects.toMatchObject({ code: "ENOTEMPTY" });
  await system.rm("/runs/out", { recursive: true });
  expect(await contents()).toEqual({});
});

test("what goes wrong has Node's codes", async () => {
  await expect(system.readFile("/runs/none", "utf8")).rejects.toMatchObject({ code: "ENOENT" });
  await expect(system.readdir("/runs/none")).rejects.toMatchObject({ code: "ENOENT" });
  await expect(system.readFile("/runs/a.txt/b", "utf8")).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(system.open("/runs/in")).rejects.toMatchObject({ code: "EISDIR" });
  await expect(system.open("/runs/a.txt", "wx")).rejects.toMatchObject({ code: "EEXIST" });
  await expect(system.mkdir("/runs/in")).rejects.toMatchObject({ code: "EEXIST" });
  await expect(system.mkdir("/runs/x/y")).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readTextFile("/runs/in")).rejects.toThrow("is a folder");
});

test("a path where no folder is mounted is refused with what to do", async () => {
  const message = "no folder of this browser is mounted at /elsewhere: mountFolder(";
  await expect(files.makeFolder("/elsewhere")).rejects.toThrow(message);
  expect(system.whyOutOfReach("/elsewhere")).toContain(message);
  expect(system.whyOutOfReach("/runs/new")).toBeUndefined();
});

test("of two folders that a path leads into the inner one counts, and one that is taken away is gone", async () => {
  const takeAway = mountFolder("/runs/in", memoryFolder({ "c.txt": "inner" }));
  expect(await system.readdir("/runs/in")).toEqual(["c.txt"]);
  takeAway();
  expect(await system.readdir("/runs/in")).toEqual(["b.txt"]);
});

test("a folder is one worker's at a time", async () => {
  const lock = await lockFolder("/runs/first", FileError);
  await expect(lockFolder("/runs/first", FileError)).rejects.toMatchObject({ code: "locked" });
  const other = await lockFolder("/runs/second", FileError);
  await other.release();
  await lock.release();
  await (await lockFolder("/runs/first", FileError)).release();
});

test("SHA-256 is that of Node, of texts and bytes in any pieces", async () => {
  const { sha256 } = await import("./system-node.ts");
  for (const pieces of [[], ["é", "x".repeat(1000)], [Uint8Array.of(1, 2), "ab", new Uint8Array(70)]]) {
    const [own, nodes] = [system.sha256(), sha256()];
    for (const piece of pieces) {
      own.update(piece);
      nodes.update(piece);
    }
    expect(own.digest()).toBe(nodes.digest());
  }
});
