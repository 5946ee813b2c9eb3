import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileLockPath, lockFile, refuseLockedFile } from "./file-lock.ts";
import { LockError, leaveLock, sleeper } from "./lock-owner.fixture.ts";

async function newFile(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "file-lock-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return join(root, "runs", "pairs.jsonl");
}

test("while another process has it, taking it and asking for it are refused; once that is killed its lock counts for nothing", async () => {
  const file = await newFile();
  const child = await sleeper();
  await leaveLock(fileLockPath(file), { pid: child.pid, started: null });
  const refusal = {
    code: "locked",
    message: `${file} is in use by process ${child.pid} on ${hostname()}, since 2026-01-02T03:04:05.000Z: wait for its end, or stop it, or name another file (should it be gone for certain, remove ${file}.lock)`,
  };
  await expect(lockFile(file, LockError)).rejects.toMatchObject(refusal);
  await expect(refuseLockedFile(file, LockError)).rejects.toMatchObject(refusal);
  child.kill("SIGKILL");
  await once(child, "exit");
  await refuseLockedFile(file, LockError);
  expect(JSON.parse(await readFile(fileLockPath(file), "utf8")).pid).toBe(child.pid); // asking takes nothing
  const lock = await lockFile(file, LockError);
  await expect(lockFile(file, LockError)).rejects.toThrow("is in use by this process");
  await lock.release();
  expect(await readdir(join(file, ".."))).toEqual([]);
});

test("a folder that was made for the lock goes with it, unless something was written", async () => {
  const file = await newFile();
  await (await lockFile(file, LockError)).release();
  expect(existsSync(join(file, ".."))).toBe(false);
  const lock = await lockFile(file, LockError);
  await writeFile(file, "rows");
  await lock.release();
  expect(await readdir(join(file, ".."))).toEqual(["pairs.jsonl"]);
});

test("files beside each other are taken apart from each other", async () => {
  const file = await newFile();
  const [first, second] = [await lockFile(file, LockError), await lockFile(`${file}.other`, LockError)];
  await first.release();
  await refuseLockedFile(file, LockError);
  await expect(refuseLockedFile(`${file}.other`, LockError)).rejects.toMatchObject({ code: "locked" });
  await second.release();
});

test.skipIf(process.getuid?.() === 0)(
  "a lock that can't be read is told, and does not count as none (but for the system's administrator)",
  async () => {
    const file = await newFile();
    await mkdir(join(file, ".."));
    await writeFile(fileLockPath(file), "{}");
    await chmod(fileLockPath(file), 0);
    await expect(refuseLockedFile(file, LockError)).rejects.toMatchObject({ code: "cannot-lock", message: expect.stringContaining(file) });
  },
);

test("a folder that can't be made is told by the file's name", async () => {
  const file = await newFile();
  await writeFile(join(file, ".."), "a file");
  for (const taking of [lockFile, refuseLockedFile])
    await expect(taking(file, LockError)).rejects.toMatchObject({ code: "cannot-lock", message: expect.stringContaining(file) });
});
