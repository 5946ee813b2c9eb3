import { sha256 as hashing } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { access } from "./browser-files.ts";
import type { Sha256 } from "./system-node.ts";

export type { BrowserFileHandle as FileHandle } from "./browser-file-handle.ts";
export { mkdir, open, readdir, readFile, realpath, rename, rm, stat, whyOutOfReach } from "./browser-files.ts";
export { basename, dirname, join, relative, resolve, sep } from "./posix-path.ts";
export type { Sha256 };
export { access };

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export function machine(): Readonly<Record<string, string>> {
  const { userAgent, hardwareConcurrency } = (globalThis as unknown as { navigator: Navigator }).navigator;
  return { browser: userAgent, machine: `browser × ${hardwareConcurrency}` };
}

export const programName = (): string => `browser.${crypto.randomUUID().slice(0, 8)}`;

/** Of a browser's `navigator`, what is read here. */
interface Navigator {
  readonly userAgent: string;
  readonly hardwareConcurrency: number;
}

/** Whether a folder can be written to, a browser says when it is. */
export const constants = { O_RDONLY: 0, O_NONBLOCK: 0, W_OK: 2, X_OK: 1 };

/** Resolves once events that wait had their turn. A timer would wait four milliseconds. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const onMessage = (): void => {
      port1.close();
      resolve();
    };
    Object.assign(port1, { onmessage: onMessage }); // which starts the port too
    port2.postMessage(undefined);
  });
}

export function sha256(): Sha256 {
  const hash = hashing.create();
  return {
    update: (piece) => void hash.update(typeof piece === "string" ? new TextEncoder().encode(piece) : piece),
    digest: () => bytesToHex(hash.digest()),
  };
}

export const warn = (message: string): void => console.warn(message);

/** Folders can't be opened. */
export const cannotFlush: ReadonlySet<string> = new Set(["EISDIR"]);
