import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockFolder, lockName } from "./folder-lock.ts";
import { LockError, leaveLock as leave, sleeper } from "./lock-owner.fixture.ts";
import { thisProcess } from "./process-identity.ts";

async function newFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "folder-lock-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return join(root, "runs", "first");
}

const lock = (folder: string) => lockFolder(folder, LockError);

const leaveLock = (folder: string, owner: object, secondsAgo = 0) => leave(join(folder, lockName), owner, secondsAgo);

test("a second taker is told who has the folder, since when, and what to do; after it is given back it can be taken again", async () => {
  const folder = await newFolder();
  const first = await lock(folder);
  await expect(lock(folder)).rejects.toMatchObject({
    code: "locked",
    message: expect.stringMatching(/first is in use by this process, since 20\d\d-.+: wait for its end.+remove .+run\.lock\)$/),
  });
  await writeFile(join(folder, "kept"), "");
  await first.release();
  expect(await readdir(folder)).toEqual(["kept"]);
  await (await lock(folder)).release();
});

test("a folder that was made for the lock goes with it when nothing was written, and so do those above it", async () => {
  const folder = await newFolder();
  await (await lock(folder)).release();
  expect(existsSync(join(folder, ".."))).toBe(false);
});

test("the lock of a living process holds, and counts for nothing once it is killed", async () => {
  const folder = await newFolder();
  const child = await sleeper();
  const { started: _, ...identity } = thisProcess();
  await leaveLock(folder, { ...identity, pid: child.pid, started: null });
  await expect(lock(folder)).rejects.toThrow(`in use by process ${child.pid} on ${hostname()}, since 2026-01-02T03:04:05.000Z`);
  child.kill("SIGKILL");
  await once(child, "exit");
  await (await lock(folder)).release();
});

test.runIf(thisProcess().started !== null)("another process with the number of a dead owner is not taken for it", async () => {
  const folder = await newFolder();
  const child = await sleeper();
  await leaveLock(folder, { pid: child.pid, started: "1" });
  await (await lock(folder)).release();
});

test("a lock from before the system's start counts for nothing, whoever has the number now", async () => {
  const folder = await newFolder();
  await leaveLock(folder, { place: "an earlier boot" }, 100 * 365 * 86_400);
  await (await lock(folder)).release();
});

test("an owner on another system holds the folder as long as it is heard of", async () => {
  const folder = await newFolder();
  await leaveLock(folder, { host: "elsewhere", place: "another system", pid: 1 }, 60);
  await expect(lock(folder)).rejects.toThrow("process 1 on elsewhere");
  await leaveLock(folder, { host: "elsewhere", place: "another system", pid: 1 }, 3600);
  await (await lock(folder)).release();
});

test("a lock that is half written holds for a moment; left so by a crash it counts for nothing", async () => {
  const folder = await newFolder();
  await mkdir(folder, { recursive: true });
  const path = join(folder, lockName);
  await writeFile(path, '{"pid":');
  await expect(lock(folder)).rejects.toMatchObject({ code: "locked" });
  const before = new Date(Date.now() - 3600_000);
  await utimes(path, before, before);
  await (await lock(folder)).release();
});

test("of many who find a dead owner's lock at once, one gets the folder", async () => {
  const folder = await newFolder();
  for (let round = 0; round < 10; round++) {
    await leaveLock(folder, { place: null, host: "elsewhere" }, 3600);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lock(folder)));
    const taken = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(taken).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "locked" });
    await taken[0]!.release();
    expect(await readdir(folder)).toEqual([]);
  }
});

test("where the system refuses, the folder is named", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, ".."), { recursive: true });
  await writeFile(folder, "a file");
  await expect(lock(folder)).rejects.toMatchObject({ code: "cannot-lock", message: expect.stringContaining(folder) });
  expect(await readFile(folder, "utf8")).toBe("a file");
});
