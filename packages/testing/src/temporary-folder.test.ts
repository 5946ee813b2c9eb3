import { existsSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

let before: string;

test("a folder is its test's own, by its real path", async () => {
  before = await temporaryFolder();
  expect(realpathSync(before)).toBe(before);
  writeFileSync(join(before, "file"), "");
  expect(await temporaryFolder()).not.toBe(before);
});

test("and goes with it", () => {
  expect(existsSync(before)).toBe(false);
});
