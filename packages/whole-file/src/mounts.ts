import type { BrowserFolder } from "./browser-folder.ts";
import { resolve } from "./posix-path.ts";

/** As a file system is: one for the whole page, or for a worker of it. */
const mounts = new Map<string, BrowserFolder>();

/**
 * Makes a browser's folder the one that a path names, and all paths below it, for every package in this page or worker: `loadPolicy("/model")`
 * then reads from it, `train(prompts, { out: "/runs/first" })` writes into it. Paths are as in Node, with `/` between names; those that do not
 * begin with `/` are taken from it. In Node it changes nothing: paths are the system's there.
 *
 * @returns takes the folder away again
 * @example
 * import { memoryFolder } from "@cai/whole-file/browser";
 *
 * mountFolder("/model", memoryFolder({ "config.json": "{}" }));
 */
export function mountFolder(path: string, folder: BrowserFolder): () => void {
  const place = resolve(path);
  mounts.set(place, folder);
  return () => {
    if (mounts.get(place) === folder) mounts.delete(place);
  };
}

/** Where a path leads. */
export interface MountedPlace {
  /** Where the folder is mounted. */
  readonly mount: string;
  readonly folder: BrowserFolder;
  /** From there. */
  readonly names: readonly string[];
}

/** The innermost folder that a path leads into; undefined where none is mounted. */
export function placeOf(path: string): MountedPlace | undefined {
  const whole = resolve(path);
  const around = (mount: string): boolean => mount === "/" || whole === mount || whole.startsWith(`${mount}/`);
  const mount = [...mounts.keys()].filter(around).sort((a, b) => b.length - a.length)[0];
  if (mount === undefined) return undefined;
  return { mount, folder: mounts.get(mount)!, names: whole.slice(mount.length).split("/").filter(Boolean) };
}
