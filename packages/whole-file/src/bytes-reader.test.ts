import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { bytesReader } from "./bytes-reader.ts";

class OwnError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
const readBytes = bytesReader(OwnError);

async function openFile(...content: number[]) {
  const folder = await mkdtemp(join(tmpdir(), "whole-file-"));
  const path = join(folder, "file");
  await writeFile(path, Uint8Array.from(content));
  const handle = await open(path);
  onTestFinished(async () => {
    await handle.close();
    await rm(folder, { recursive: true });
  });
  return { path, handle };
}

test("the bytes from a place on fill the array, or the view of one", async () => {
  const file = await openFile(10, 11, 12, 13, 14);
  const bytes = new Uint8Array(4);
  await readBytes(file, 2, bytes.subarray(1, 3));
  expect([...bytes]).toEqual([0, 12, 13, 0]);
  await readBytes(file, 99, new Uint8Array(0));
});

test("where the system gives fewer bytes than asked for, it is asked for the rest", async () => {
  const file = await openFile(10, 11, 12, 13, 14);
  const read = file.handle.read.bind(file.handle) as (bytes: Uint8Array, offset: number, length: number, at: number) => Promise<unknown>;
  const atMostTwo = vi.fn((bytes: Uint8Array, offset: number, length: number, at: number) => read(bytes, offset, Math.min(length, 2), at));
  vi.spyOn(file.handle, "read").mockImplementation(atMostTwo as unknown as typeof file.handle.read);
  const bytes = new Uint8Array(5);
  await readBytes(file, 0, bytes);
  expect([...bytes]).toEqual([10, 11, 12, 13, 14]);
  expect(atMostTwo).toHaveBeenCalledTimes(3);
});

test("a file that ends before the last byte is refused, with the place where it ends", async () => {
  const file = await openFile(10, 11, 12, 13, 14);
  await truncate(file.path, 3);
  await expect(readBytes(file, 1, new Uint8Array(4))).rejects.toMatchObject({
    constructor: OwnError,
    code: "bad-file",
    message: `${file.path} ends at byte 3: it was cut short while it was open`,
  });
});

test("where the system refuses, the error is the caller's own, with the system's as its cause", async () => {
  const { path, handle } = await openFile(10);
  const closed = await open(path);
  await closed.close();
  await expect(readBytes({ path, handle: closed }, 0, new Uint8Array(1))).rejects.toMatchObject({
    constructor: OwnError,
    code: "cannot-read",
    message: expect.stringContaining(`${path} can't be read: Error: `),
    cause: expect.any(Error),
  });
  await readBytes({ path, handle }, 0, new Uint8Array(1));
});
