import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { arch, availableParallelism, cpus, hostname } from "node:os";

// What differs between Node and browsers, as Node has it; system-browser.ts has the same names.
export { constants } from "node:fs";
export {
  access,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
export { basename, dirname, join, relative, resolve, sep } from "node:path";
export { setImmediate as nextTurn } from "node:timers/promises";

/** SHA-256 of what is added piece by piece; a text counts as its UTF-8. */
export interface Sha256 {
  update(piece: string | Uint8Array): void;
  /** Hexadecimal; nothing can be added afterwards. */
  digest(): string;
}

export function sha256(): Sha256 {
  const hash = createHash("sha256");
  return { update: (piece) => void hash.update(piece), digest: () => hash.digest("hex") };
}

/** Whether there is something at a path, and it can be looked at. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What a program runs on: to be kept with what it made. */
export const machine = (): Readonly<Record<string, string>> => ({
  node: process.versions.node,
  machine: `${arch()}, ${cpus()[0]?.model ?? "unknown"} × ${availableParallelism()}`,
});

/** A name that no other program has that runs now. */
export const programName = (): string => `${hostname()}.${process.pid}`;

/** Tells a person something that is no error, where no callback is given for it. */
export const warn = (message: string): void => process.emitWarning(message);

/** Why nothing can be read or written at a path, as a sentence's end; undefined where the system is to say. */
export function whyOutOfReach(_path: string): string | undefined {
  return undefined;
}

/** Codes of errors by which a folder says that it can't be flushed, by design: file systems without that, and Windows, which needs none. */
export const cannotFlush: ReadonlySet<string> = new Set([
  "EINVAL",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  ...(process.platform === "win32" ? ["EISDIR", "EPERM", "EACCES"] : []),
]);
