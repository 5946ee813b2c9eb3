import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { dirname, resolve } from "node:path";
import { isRunning, type ProcessIdentity, thisProcess } from "./process-identity.ts";

/** The class of what is thrown: `locked` where another process has the folder or file, `cannot-lock` where the system refuses. */
export type LockErrorClass = new (code: "locked" | "cannot-lock", message: string, options?: { readonly cause: unknown }) => Error;

/** A folder, or a file, that this process has for itself. */
export interface OwnerLock {
  /** Gives it back; folders that were made for the lock go, if they are still empty. */
  release(): Promise<void>;
}

/** What is taken, by a file that says who has it. */
export interface LockPlace {
  readonly kind: "folder" | "file";
  /** The folder or file. */
  readonly taken: string;
  /** The file that says so; its folder is made where it is missing. */
  readonly path: string;
}

interface Owner extends ProcessIdentity {
  readonly id: string;
  /** For people. */
  readonly since: string;
}

/** An owner on another system can't be looked at: it shows that it lives by the time of the file, and counts as dead after so long. */
const heartbeat = 10_000;
const silence = 600_000;

/**
 * Takes a place for this process alone. A crash or a power cut leaves the lock behind; it then counts for nothing: an owner that is no longer
 * there, or whose number another process has, is known by the system's start and its own.
 *
 * @throws `locked`, with the owner's number, host and time, and what to do; `cannot-lock` where nothing can be written there.
 */
export async function takeLock(place: LockPlace, FileError: LockErrorClass): Promise<OwnerLock> {
  const { taken, path } = place;
  const folder = dirname(path);
  const refuse = (cause: unknown): never => {
    throw new FileError("cannot-lock", `${taken} can't be written: ${cause instanceof Error ? cause.message : cause}`, { cause });
  };
  const firstMade = await mkdir(folder, { recursive: true }).catch(refuse);
  const owner: Owner = { id: randomUUID(), ...thisProcess(), since: new Date().toISOString() };
  while (!(await take(path, owner).catch(refuse))) {
    const found = await readLock(path).catch(refuse);
    if (found === undefined) continue; // given back in the meantime
    if (await isHeld(found)) throw new FileError("locked", describeOwner(place, found.owner));
    if (await takeOver(path, found.text, owner).catch(refuse)) break;
  }
  const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), heartbeat).unref();
  return {
    async release() {
      clearInterval(beat);
      if ((await readLock(path).catch(() => undefined))?.owner?.id === owner.id) await rm(path, { force: true }).catch(() => {});
      if (firstMade !== undefined) await removeEmpty(resolve(folder), resolve(firstMade));
    },
  };
}

/**
 * The check that `takeLock` begins with, for those who want to know before they load a model. Nothing is taken.
 *
 * @throws `locked`; `cannot-lock` where the lock can't be read.
 */
export async function refuseHeld(place: LockPlace, FileError: LockErrorClass): Promise<void> {
  const found = await readLock(place.path).catch((cause: Error) => {
    throw new FileError("cannot-lock", `${place.path} can't be read: ${cause.message}`, { cause });
  });
  if (found !== undefined && (await isHeld(found))) throw new FileError("locked", describeOwner(place, found.owner));
}

/** Whether the owner of a lock is still there; the system's error where the lock can't be read. */
export async function isLockHeld(path: string): Promise<boolean> {
  const found = await readLock(path);
  return found !== undefined && (await isHeld(found));
}

/** The first to make the file has it. */
async function take(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

interface FoundLock {
  readonly text: string;
  /** Undefined where it is being written, or a crash left a part of it. */
  readonly owner: Owner | undefined;
  /** When the owner was last heard of. */
  readonly heard: number;
}

async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const [text, { mtimeMs: heard }] = [await readFile(path, "utf8"), await stat(path)];
    return { text, owner: parseOwner(text), heard };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner: Owner | null = JSON.parse(text);
    return typeof owner?.pid === "number" && typeof owner.id === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

async function isHeld({ owner, heard }: FoundLock): Promise<boolean> {
  const quiet = Date.now() - heard;
  if (owner === undefined) return quiet < heartbeat;
  const here = thisProcess();
  if (owner.place !== null && owner.place === here.place) return isRunning(owner);
  if (owner.host === here.host) {
    if (owner.place === null && !isRunning(owner)) return false;
    const systemStart = Date.now() - uptime() * 1000;
    if (heard < systemStart) return false; // before a reboot
  }
  return quiet < silence;
}

/**
 * Puts this owner in the place of a dead one. Only who holds `<lock>.takeover` may, and only while the lock is still the dead one's, so that of
 * many who found it dead one gets it.
 */
async function takeOver(path: string, dead: string, owner: Owner): Promise<boolean> {
  const right = `${path}.takeover`;
  if (!(await take(right, owner))) {
    const other = await readLock(right);
    if (other !== undefined && !(await isHeld(other))) await rm(right, { force: true });
    await new Promise((passed) => setTimeout(passed, 20));
    return false;
  }
  try {
    if ((await readLock(path))?.text !== dead) return false;
    const own = `${path}.${owner.id}.tmp`;
    await writeFile(own, JSON.stringify(owner));
    await rename(own, path);
    return true;
  } finally {
    await rm(right, { force: true });
  }
}

function describeOwner({ kind, taken, path }: LockPlace, owner: Owner | undefined): string {
  if (owner === undefined) return `${taken} is being taken by another process: wait for it to end, or name another ${kind}`;
  const { pid, host, since } = owner;
  const who = pid === process.pid && owner.place === thisProcess().place ? "this process" : `process ${pid} on ${host}`;
  return (
    `${taken} is in use by ${who}, since ${since}: wait for its end, or stop it, or name another ${kind} ` +
    `(should it be gone for certain, remove ${path})`
  );
}

/** The folders from `path` up to `first`, as long as they are empty. */
async function removeEmpty(path: string, first: string): Promise<void> {
  for (let folder = path; folder.startsWith(first); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}
