import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";

const mine = new Set<string>();
let counter = 0;

/**
 * The path of a blob's unfinished file, for nobody but the caller until it releases it. What an earlier attempt left, of this process
 * or of one that is gone, is taken over; a file on which another process works is left to it.
 */
export async function claimPartial(blobs: string, hash: string): Promise<{ path: string; release(): void }> {
  counter += 1;
  const name = `${hash}.${process.pid}-${counter}.incomplete`;
  mine.add(name);
  const path = join(blobs, name);
  for (const left of await readdir(blobs)) {
    const owner = new RegExp(`^${hash}\\.(\\d+)-\\d+\\.incomplete$`).exec(left)?.[1];
    if (owner === undefined || mine.has(left) || (Number(owner) !== process.pid && isAlive(Number(owner)))) continue;
    const taken = await rename(join(blobs, left), path).then(
      () => true,
      () => false, // somebody else was faster
    );
    if (taken) break;
  }
  return { path, release: () => void mine.delete(name) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
