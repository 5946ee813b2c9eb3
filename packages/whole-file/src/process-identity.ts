import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What tells one process from all others, also those that get its number later. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Of the system's start, and of the space in which the number counts; null where the system doesn't tell (only Linux does). */
  readonly place: string | null;
  /** When the process began, in the system's own ticks; null where it doesn't tell. */
  readonly started: string | null;
}

/** Of this process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), place: placeHere(), started: startOf(process.pid) };
}

/** Whether a process of this system is still there: one with its number that began at another time is another. */
export function isRunning({ pid, started }: Pick<ProcessIdentity, "pid" | "started">): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startOf(pid);
  return started === null || now === null || now === started;
}

function placeHere(): string | null {
  const boot = read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const space = read(() => readlinkSync("/proc/self/ns/pid"));
  return boot === null ? null : `${boot} ${space}`;
}

/** Field 22 of /proc/<pid>/stat; the second, the command's name, may hold blanks and brackets. */
function startOf(pid: number): string | null {
  return read(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  });
}

function read(get: () => string | null): string | null {
  try {
    return get();
  } catch {
    return null;
  }
}
