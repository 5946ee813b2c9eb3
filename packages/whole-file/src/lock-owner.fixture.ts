import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { onTestFinished } from "vitest";
import { thisProcess } from "./process-identity.ts";

export class LockError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Leaves a lock as if its owner were this, last heard of so many seconds ago. */
export async function leaveLock(path: string, owner: object, secondsAgo = 0): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ id: "left", since: "2026-01-02T03:04:05.000Z", ...thisProcess(), ...owner }));
  const then = new Date(Date.now() - secondsAgo * 1000);
  await utimes(path, then, then);
}

/** A process that lives until it is killed. */
export async function sleeper(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}
