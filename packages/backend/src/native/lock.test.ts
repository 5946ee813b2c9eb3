import { existsSync } from "node:fs";
import { utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import { expect, test } from "vitest";
import { withLock } from "./lock.mjs";

const lockFile = async () => join(await temporaryFolder(), "lock");

test("one works at a time, and the second is told that it waits", async () => {
  const path = await lockFile();
  const events: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const first = withLock(path, async () => {
    events.push("first begins");
    begin();
    await held;
    events.push("first ends");
  });
  await begun; // started together, either may be the one that waits
  const second = withLock(
    path,
    async () => void events.push("second"),
    () => {
      events.push("second waits");
      release();
    },
  );
  await Promise.all([first, second]);
  expect(events).toEqual(["first begins", "second waits", "first ends", "second"]);
});

test("the lock is gone afterwards, also after a failure", async () => {
  const path = await lockFile();
  expect(await withLock(path, async () => 7)).toBe(7);
  await expect(withLock(path, () => Promise.reject(new Error("no room")))).rejects.toThrow("no room");
  expect(existsSync(path)).toBe(false);
});

test("the lock of a process that has died does not hold anyone up", async () => {
  const path = await lockFile();
  await writeFile(path, JSON.stringify({ id: "dead", pid: 2 ** 22 + 1, host: hostname() }));
  expect(await withLock(path, async () => "done")).toBe("done");
});

test("the lock of another machine counts until it has been silent for a minute", async () => {
  const path = await lockFile();
  await writeFile(path, JSON.stringify({ id: "far", pid: 1, host: "elsewhere" }));
  let waited = false;
  const work = withLock(
    path,
    async () => "done",
    () => {
      waited = true;
      const silent = new Date(Date.now() - 61_000);
      void utimes(path, silent, silent);
    },
  );
  expect(await work).toBe("done");
  expect(waited).toBe(true);
});
