import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WeightStore } from "./weight-store.ts";

/**
 * Weights in a folder that learner and workers share: a network file system, or one machine's disk. Each is told the folder by its own user; a job
 * names none.
 */
export class FolderWeightStore implements WeightStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  putPiece(run: string, piece: string, bytes: Uint8Array): Promise<void> {
    return this.#write(run, `${piece}.f32`, bytes);
  }

  publish(run: string, version: string, manifest: string): Promise<void> {
    return this.#write(run, `${version}.json`, manifest);
  }

  async readManifest(run: string, version: string): Promise<string | undefined> {
    return (await this.#read(run, `${version}.json`))?.toString();
  }

  readPiece(run: string, piece: string): Promise<Uint8Array | undefined> {
    return this.#read(run, `${piece}.f32`);
  }

  async drop(run: string, { pieces, versions }: { readonly pieces: readonly string[]; readonly versions: readonly string[] }) {
    const names = [...pieces.map((piece) => `${piece}.f32`), ...versions.map((version) => `${version}.json`)];
    await Promise.all(names.map((name) => rm(join(this.#folder, run, name), { force: true })));
  }

  async removeRun(run: string): Promise<void> {
    await rm(join(this.#folder, run), { recursive: true, force: true });
  }

  /** Whole or not at all, as a worker may look for it already. */
  async #write(run: string, name: string, content: Uint8Array | string): Promise<void> {
    const path = join(this.#folder, run, name);
    await mkdir(join(this.#folder, run), { recursive: true });
    await writeFile(`${path}.part`, content);
    await rename(`${path}.part`, path);
  }

  async #read(run: string, name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.#folder, run, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
