import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A disk of a few megabytes, in a mount namespace of its own. */
export interface SmallDisk {
  /** The command that starts another in the namespace, where the disk is at `at`. */
  readonly through: readonly string[];
  /** The disk's folder as this process sees it. */
  readonly outside: string;
  /** The disk is gone with what was on it. */
  release(): Promise<void>;
}

/** Why no such disk can be made here; undefined where it can. */
export function whyNoSmallDisk(): string | undefined {
  const { status, stderr, error } = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/tmp"], { encoding: "utf8" });
  return status === 0 ? undefined : `unshare and mount refuse: ${error?.message ?? stderr.trim()}`;
}

/** Mounts a disk of so many bytes at an empty folder. */
export async function mountSmallDisk(at: string, bytes: number): Promise<SmallDisk> {
  const script = 'mount -t tmpfs -o size="$1" none "$0" && echo mounted && exec sleep 3600';
  const owner: ChildProcess = spawn("unshare", ["-rm", "sh", "-c", script, at, String(bytes)], { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(owner.stdout!), "line");
  return {
    through: ["nsenter", "--target", String(owner.pid), "--user", "--preserve-credentials", "--mount"],
    outside: `/proc/${owner.pid}/root${at}`,
    async release() {
      owner.kill("SIGKILL");
      await once(owner, "close");
    },
  };
}
