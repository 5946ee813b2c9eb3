import type { WeightStore } from "./weight-store.ts";

/** A store for tests: which objects of a run there are, and which were read. */
export class MemoryWeightStore implements WeightStore {
  readonly objects = new Map<string, Uint8Array>();
  readonly reads: string[] = [];

  async put(_run: string, name: string, bytes: Uint8Array): Promise<void> {
    this.objects.set(name, bytes.slice());
  }

  async get(_run: string, name: string): Promise<Uint8Array | undefined> {
    this.reads.push(name);
    return this.objects.get(name);
  }

  async drop(_run: string, names: readonly string[]): Promise<void> {
    for (const name of names) this.objects.delete(name);
  }

  async removeRun(): Promise<void> {
    this.objects.clear();
  }
}
