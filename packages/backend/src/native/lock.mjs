// @ts-check
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const heartbeat = 5_000;

/**
 * Runs `work` while no other process runs work under the same lock file. It saves doing the same twice; nothing breaks should two
 * run at once after all, because every result is written beside its place and renamed.
 *
 * @template Result
 * @param {string} path
 * @param {() => Promise<Result>} work
 * @param {() => void} [onWait] called once if another process has the lock
 * @returns {Promise<Result>}
 */
export async function withLock(path, work, onWait = () => {}) {
  await mkdir(dirname(path), { recursive: true });
  const owner = { id: randomUUID(), pid: process.pid, host: hostname() };
  for (let waits = 0; !(await take(path, JSON.stringify(owner))); waits++) {
    if (await isAbandoned(path)) await putAside(path);
    else if (waits === 0) onWait();
    await sleep(waits === 0 ? 20 : 200);
  }
  // A holder that stops beating is taken for dead by processes on other hosts.
  const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), heartbeat).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readFile(path, "utf8").catch(() => "")).includes(owner.id)) await rm(path, { force: true });
  }
}

/** @param {string} path @param {string} owner */
async function take(path, owner) {
  try {
    await writeFile(path, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} path */
async function isAbandoned(path) {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > 12 * heartbeat) return true;
    const { pid, host } = JSON.parse(await readFile(path, "utf8"));
    return host === hostname() && !isAlive(pid);
  } catch {
    return false; // gone in the meantime, or being written
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** @param {string} path */
async function putAside(path) {
  const aside = `${path}.${randomUUID()}`;
  await rename(path, aside).catch(() => {});
  await rm(aside, { force: true });
}
