import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashFile } from "./hash-file.ts";

test("a file's hash is that of its bytes; where there is none the system says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hash-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "abc");
  await writeFile(path, "abc");
  expect(await hashFile(path)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-2, B.1
  await expect(hashFile(`${path}-none`)).rejects.toMatchObject({ code: "ENOENT" });
});
