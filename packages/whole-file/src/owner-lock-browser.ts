import { mkdir } from "./browser-files.ts";
import { placeOf } from "./mounts.ts";
import type { LockErrorClass, LockPlace, OwnerLock } from "./owner-lock.ts";
import { dirname } from "./posix-path.ts";

/** The part of the Web Locks standard that is used here. */
interface LockManager {
  request(name: string, options: { readonly ifAvailable: true }, held: (lock: object | null) => Promise<void>): Promise<void>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

const locks = (): LockManager | undefined => (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;

/** Of this page. */
const taken = new Set<string>();

/** By what each folder in memory is known, which no other page sees. */
const inMemory = new WeakMap<object, number>();
let counter = 0;

/**
 * Takes a place for this page or worker alone, among all of the same origin: by a Web Lock, which goes with the page. Two folders of one name
 * that are mounted at one path in two tabs count as the same.
 *
 * @throws `locked`; `cannot-lock` where nothing can be written there.
 */
export async function takeLock(place: LockPlace, FileError: LockErrorClass): Promise<OwnerLock> {
  await mkdir(dirname(place.path), { recursive: true }).catch((cause: Error) => {
    throw new FileError("cannot-lock", `${place.taken} can't be written: ${cause.message}`, { cause });
  });
  const { name, isShared } = lockOf(place.path);
  if (taken.has(name)) throw locked(place, FileError);
  taken.add(name);
  const giveBack = isShared ? await webLock(name) : () => {};
  if (giveBack === undefined) {
    taken.delete(name);
    throw locked(place, FileError);
  }
  return {
    async release() {
      taken.delete(name);
      giveBack();
    },
  };
}

/** @throws `locked` */
export async function refuseHeld(place: LockPlace, FileError: LockErrorClass): Promise<void> {
  if (await isLockHeld(place.path)) throw locked(place, FileError);
}

export async function isLockHeld(path: string): Promise<boolean> {
  const { name, isShared } = lockOf(path);
  if (taken.has(name) || !isShared) return taken.has(name);
  const { held = [] } = (await locks()?.query()) ?? {};
  return held.some((lock) => lock.name === name);
}

/** A function that gives the lock back; undefined where another page has it. */
function webLock(name: string): Promise<(() => void) | undefined> {
  const manager = locks();
  if (manager === undefined) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const hold = (lock: object | null): Promise<void> => {
      if (lock === null) {
        resolve(undefined);
        return Promise.resolve();
      }
      return new Promise((giveBack) => resolve(giveBack));
    };
    manager.request(name, { ifAvailable: true }, hold).catch(reject);
  });
}

/** A lock's name, and whether other pages may have it: folders of the browser's own they see too. */
function lockOf(path: string): { readonly name: string; readonly isShared: boolean } {
  const place = placeOf(path);
  if (place === undefined) return { name: path, isShared: false };
  const { folder, mount, names } = place;
  const isShared = "isSameEntry" in folder;
  if (!isShared && !inMemory.has(folder)) inMemory.set(folder, ++counter);
  return { name: `@cai ${mount} ${isShared ? folder.name : inMemory.get(folder)} ${names.join("/")}`, isShared };
}

function locked({ taken: what, kind }: LockPlace, FileError: LockErrorClass): Error {
  return new FileError("locked", `${what} is in use by this page, or another tab: wait for its end, or close it, or name another ${kind}`);
}
