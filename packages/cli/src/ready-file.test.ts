import { existsSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { ReadyFile } from "./ready-file.ts";

test("it is there from its writing to its end, and as old as the last time that it was renewed", async () => {
  const path = join(await temporaryFolder(), "ready");
  writeFileSync(path, "of an earlier process");
  const ready = new ReadyFile(path);
  ready.renew(); // too early
  expect(existsSync(path)).toBe(false);
  ready.write();
  const before = new Date(Date.now() - 60_000);
  utimesSync(path, before, before);
  ready.renew();
  expect(statSync(path).mtimeMs).toBeGreaterThan(before.getTime() + 30_000);
  ready.remove();
  ready.renew(); // too late
  expect(existsSync(path)).toBe(false);
});

test("a place where nothing can be written is told at once, one that is taken away later is not an error", async () => {
  const folder = await temporaryFolder();
  expect(() => new ReadyFile(join(folder, "none/ready")).write()).toThrow(/the ready file can't be written: ENOENT/);
  const ready = new ReadyFile(join(folder, "ready"));
  ready.write();
  new ReadyFile(join(folder, "ready")); // removes it
  ready.renew();
  ready.remove();
});
