import { BrowserFileHandle } from "./browser-file-handle.ts";
import { type BrowserFile, type BrowserFolder, entryOf } from "./browser-folder.ts";
import { placeOf } from "./mounts.ts";
import { resolve } from "./posix-path.ts";
import { SystemError, systemError } from "./system-error.ts";

/** The functions of `node:fs/promises` that the packages use, over the folders that are mounted. */
export async function readdir(path: string): Promise<string[]> {
  return refused(path, async () => {
    const names: string[] = [];
    for await (const name of (await folderAt(path)).keys()) names.push(name);
    return names.sort();
  });
}

export async function stat(path: string): Promise<{ size: number; mtimeMs: number; isFile(): boolean; isDirectory(): boolean }> {
  const found = await entryAt(path);
  const file = found.kind === "file" ? await refused(path, () => found.getFile()) : undefined;
  return {
    size: file?.size ?? 0,
    mtimeMs: file?.lastModified ?? 0,
    isFile: () => file !== undefined,
    isDirectory: () => file === undefined,
  };
}

export async function access(path: string): Promise<void> {
  await entryAt(path);
}

/** There are no links. */
export async function realpath(path: string): Promise<string> {
  return resolve(path);
}

export async function readFile(path: string, _encoding: "utf8"): Promise<string> {
  return (await open(path)).readFile("utf8");
}

/** For reading (`r`, 0), writing what is not there yet (`wx`), or writing on (`a`; `ax`: what is not there yet). */
export async function open(path: string, flags: string | number = "r"): Promise<BrowserFileHandle> {
  const creates = typeof flags === "string" && /[wa]/.test(flags);
  const exclusive = typeof flags === "string" && flags.includes("x");
  if (exclusive && (await exists(path))) throw new SystemError("EEXIST", `${path} is there already`);
  return refused(path, async () => {
    const file = creates ? await made(path) : await entryAt(path);
    if (file.kind === "directory") throw new SystemError("EISDIR", `${path} is a folder`);
    return BrowserFileHandle.open(path, file);
  });
}

async function made(path: string): Promise<BrowserFile> {
  const [name, above] = lastOf(path);
  return (await folderAt(above)).getFileHandle(name, { create: true });
}

export async function mkdir(path: string, { recursive = false } = {}): Promise<string | undefined> {
  if (await exists(path)) {
    if (recursive && (await stat(path)).isDirectory()) return undefined;
    throw new SystemError("EEXIST", `${path} is there already`);
  }
  return refused(path, async () => {
    const { folder, names } = mounted(path);
    let within = folder;
    for (const [depth, name] of names.entries())
      within = await within.getDirectoryHandle(name, { create: recursive || depth === names.length - 1 });
    return undefined;
  });
}

export async function rm(path: string, { recursive = false, force = false } = {}): Promise<void> {
  if (force && !(await exists(path))) return;
  await refused(path, async () => {
    const [name, above] = lastOf(path);
    await (await folderAt(above)).removeEntry(name, { recursive });
  });
}

/** Browsers move no folders, and files in some places only: what is there is copied, and then removed. */
export async function rename(from: string, to: string): Promise<void> {
  const found = await entryAt(from);
  await refused(to, async () => {
    const [name, above] = lastOf(to);
    await copy(found, await folderAt(above), name);
  });
  await rm(from, { recursive: true });
}

async function copy(found: BrowserFile | BrowserFolder, into: BrowserFolder, name: string): Promise<void> {
  if (found.kind === "file") {
    const writable = await (await into.getFileHandle(name, { create: true })).createWritable();
    await writable.write(await found.getFile());
    return writable.close();
  }
  const folder = await into.getDirectoryHandle(name, { create: true });
  for await (const inner of found.keys()) await copy(await entryOf(found, inner), folder, inner);
}

/** Why nothing can be read or written at a path, as a sentence's end; undefined where a folder is mounted. */
export function whyOutOfReach(path: string): string | undefined {
  if (placeOf(path) !== undefined) return undefined;
  return `no folder of this browser is mounted at ${path}: mountFolder("/…", folder) of @cai/whole-file/browser makes one be there`;
}

function mounted(path: string) {
  const place = placeOf(path);
  if (place === undefined) throw new SystemError("ENODEV", whyOutOfReach(path)!);
  return place;
}

async function folderAt(path: string): Promise<BrowserFolder> {
  const { folder, names } = mounted(path);
  let within = folder;
  for (const name of names) within = await refused(path, () => within.getDirectoryHandle(name));
  return within;
}

async function entryAt(path: string): Promise<BrowserFile | BrowserFolder> {
  if (mounted(path).names.length === 0) return folderAt(path);
  const [name, above] = lastOf(path);
  return refused(path, async () => entryOf(await folderAt(above), name));
}

const exists = (path: string): Promise<boolean> =>
  entryAt(path).then(
    () => true,
    (error: SystemError) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw error;
    },
  );

/** The last name of a path, and the path of the folder that it is in. */
function lastOf(path: string): [name: string, folder: string] {
  const { mount, names } = mounted(path);
  const name = names.at(-1);
  if (name === undefined) throw new SystemError("EBUSY", `${path} is where a folder is mounted`);
  return [name, [mount, ...names.slice(0, -1)].join("/")];
}

async function refused<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (cause) {
    throw systemError(path, cause);
  }
}
