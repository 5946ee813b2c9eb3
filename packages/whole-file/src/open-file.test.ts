import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openFile, readTextFile } from "./open-file.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "open-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("a file is read, also through a link that stays in its folder", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "a.json"), "{}");
  await symlink("a.json", join(folder, "b.json"));
  expect(await readTextFile(join(folder, "b.json"), { within: folder })).toBe("{}");
});

test.skipIf(process.platform === "win32")("a pipe, a device and a folder are refused at once", async () => {
  const folder = await temporaryFolder();
  const pipe = join(folder, "pipe");
  execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
  await expect(openFile(pipe)).rejects.toThrow("it is a pipe or device, expected a file");
  await expect(readTextFile("/dev/zero")).rejects.toThrow("it is a pipe or device");
  await expect(openFile(folder)).rejects.toThrow("it is a folder");
});

test("a link that leads out of the folder is refused where one is named, however it is made", async () => {
  const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
  await writeFile(join(elsewhere, "secret"), "secret");
  await symlink(join(elsewhere, "secret"), join(folder, "file"));
  await symlink(elsewhere, join(folder, "deep"));
  await symlink(folder, join(elsewhere, "link"));
  await expect(readTextFile(join(folder, "file"), { within: folder })).rejects.toThrow(`a link that leads out of ${folder}`);
  await expect(readTextFile(join(folder, "deep", "secret"), { within: folder })).rejects.toThrow("leads out of");
  await expect(readTextFile(join(folder, "..", "x"), { within: folder })).rejects.toThrow();
  await writeFile(join(folder, "own"), "own");
  expect(await readTextFile(join(elsewhere, "link", "own"), { within: join(elsewhere, "link") })).toBe("own");
  expect(await readTextFile(join(folder, "file"))).toBe("secret");
});

test("a hub cache's links lead into its own blobs, and into nobody else's", async () => {
  const cache = await temporaryFolder();
  const snapshot = join(cache, "models--a--b", "snapshots", "0123");
  for (const one of [snapshot, join(cache, "models--a--b", "blobs"), join(cache, "models--c", "blobs")])
    await mkdir(one, { recursive: true });
  await writeFile(join(cache, "models--a--b", "blobs", "beef"), "own");
  await writeFile(join(cache, "models--c", "blobs", "beef"), "another's");
  await symlink("../../blobs/beef", join(snapshot, "own.json"));
  await symlink("../../../models--c/blobs/beef", join(snapshot, "other.json"));
  expect(await readTextFile(join(snapshot, "own.json"), { within: snapshot })).toBe("own");
  await expect(readTextFile(join(snapshot, "other.json"), { within: snapshot })).rejects.toThrow("leads out of");
});

test("a text that no text can hold is refused before it is read", async () => {
  const file = join(await temporaryFolder(), "sparse");
  await writeFile(file, "");
  await truncate(file, 2 ** 33);
  await expect(readTextFile(file)).rejects.toThrow("it has 8589934592 bytes");
});

test("what is not there is the system's error", async () => {
  const file = join(await temporaryFolder(), "none");
  await expect(readTextFile(file)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readTextFile(file, { within: join(file, "..") })).rejects.toMatchObject({ code: "ENOENT" });
});
