import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refuseLargeObject, type WeightStore } from "./weight-store.ts";

/**
 * Weights in a folder that learner and workers share: a network file system, or one machine's disk. Each is told the folder by its own user; a job
 * names none.
 */
export class FolderWeightStore implements WeightStore {
  readonly #folder: string;
  #writes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whole or not at all, as a worker may look for it already. */
  async put(run: string, name: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(run, name);
    const part = `${path}.${process.pid}-${this.#writes++}.part`;
    await mkdir(join(this.#folder, run), { recursive: true });
    await writeFile(part, bytes);
    await rename(part, path);
  }

  async get(run: string, name: string): Promise<Uint8Array | undefined> {
    const path = this.#path(run, name);
    try {
      refuseLargeObject(name, (await stat(path)).size);
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async drop(run: string, names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => rm(this.#path(run, name), { force: true })));
  }

  async removeRun(run: string): Promise<void> {
    await rm(join(this.#folder, run), { recursive: true, force: true });
  }

  #path(run: string, name: string): string {
    return join(this.#folder, run, name);
  }
}
