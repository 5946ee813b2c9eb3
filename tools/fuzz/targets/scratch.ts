import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder in memory where there is one: a million files are written to it. */
const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "cai-fuzz-"));
afterAll(() => rmSync(root, { recursive: true, force: true })); // vitest ends its processes without a word to them

/** The path of a file with these bytes; the same path each time, for a reader that has closed the one before. */
export function scratchFile(name: string, bytes: Uint8Array | string): string {
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
}

/** A folder for several of them. */
export function scratchFolder(name: string): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  return path;
}
