import type { CausalPolicy } from "@cai/policy";
import { InFlight } from "./in-flight.ts";
import type { WeightCoding } from "./weight-coding.ts";
import { chunksOf, type PublishedWeight, type StoredObject, type WeightManifest, writeManifest } from "./weight-manifest.ts";
import { objectLifetimeSeconds, type WeightStore } from "./weight-store.ts";

/** What a step's weights cost. */
export interface Publication {
  readonly version: string;
  /** Of objects that were put; 0 where the weights are those of the call before. Without the manifest. */
  readonly bytes: number;
  readonly seconds: number;
}

export interface WeightPublisherOptions {
  readonly policy: CausalPolicy;
  readonly store: WeightStore;
  readonly run: string;
  readonly coding?: WeightCoding | undefined;
  /** In milliseconds. */
  readonly clock?: () => number;
}

const renewMs = (objectLifetimeSeconds * 1000) / 2;

/** Publishes what is trained of a policy, as it stands: only what the store lacks goes there. It keeps the last two versions. */
export class WeightPublisher {
  readonly #policy: CausalPolicy;
  readonly #store: WeightStore;
  readonly #run: string;
  readonly #coding: WeightCoding | undefined;
  readonly #clock: () => number;
  /** The tensor that a name last had, and what it was published as. */
  readonly #known = new Map<string, { readonly id: number; readonly published: Pick<PublishedWeight, "type" | "chunks"> }>();
  /** When each object was put. */
  readonly #stored = new Map<string, number>();
  #kept: { readonly version: string; readonly objects: ReadonlySet<string> }[] = [];

  constructor({ policy, store, run, coding, clock = () => performance.now() }: WeightPublisherOptions) {
    this.#policy = policy;
    this.#store = store;
    this.#run = run;
    this.#coding = coding;
    this.#clock = clock;
  }

  async publish(): Promise<Publication> {
    const started = performance.now();
    const weights: PublishedWeight[] = [];
    const inFlight = new InFlight();
    const sent = new Map<string, number>();
    const send = async (chunk: StoredObject) => {
      if (this.#isStored(chunk.name) || sent.has(chunk.name)) return;
      sent.set(chunk.name, chunk.bytes.byteLength);
      await inFlight.start(chunk.bytes.byteLength, () => this.#put(chunk));
    };
    for (const [name, { value, shape }] of this.#policy.parameters) {
      let known = this.#known.get(name);
      if (known?.id !== value.id || !known.published.chunks.every(this.#isStored)) {
        const numbers = (await value.data()) as Float32Array; // an update puts another tensor in a parameter's place
        const coded = this.#coding?.write(name, numbers);
        const chunks = chunksOf(coded ?? new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
        for (const chunk of chunks) await send(chunk);
        const type = coded === undefined ? "float32" : this.#coding!.type;
        known = { id: value.id, published: { type, chunks: chunks.map((chunk) => chunk.name) } };
        this.#known.set(name, known);
      }
      weights.push({ name, shape, ...known.published });
    }
    await inFlight.end(); // a manifest is there once all that it names is
    const manifest = writeManifest({ lora: this.#lora(), weights });
    if (!this.#isStored(manifest.version)) await this.#put({ name: manifest.version, bytes: manifest.bytes });
    await this.#keep(manifest.version, weights);
    const bytes = [...sent.values()].reduce((sum, size) => sum + size, 0);
    return { version: manifest.version, bytes, seconds: (performance.now() - started) / 1000 };
  }

  readonly #isStored = (object: string): boolean => this.#clock() - (this.#stored.get(object) ?? Number.NEGATIVE_INFINITY) < renewMs;

  async #put({ name, bytes }: StoredObject): Promise<void> {
    await this.#store.put(this.#run, name, bytes);
    this.#stored.set(name, this.#clock());
  }

  #lora(): WeightManifest["lora"] {
    const { adapter } = this.#policy.parts;
    if (adapter === undefined) return null;
    const { rank, alpha, targets } = adapter.lora.settings;
    return { rank, alpha, targets };
  }

  async #keep(version: string, weights: readonly PublishedWeight[]): Promise<void> {
    if (this.#kept.at(-1)?.version === version) return;
    this.#kept = [...this.#kept.slice(-1), { version, objects: new Set([version, ...weights.flatMap(({ chunks }) => chunks)]) }];
    const old = [...this.#stored.keys()].filter((object) => !this.#kept.some(({ objects }) => objects.has(object)));
    for (const object of old) this.#stored.delete(object);
    await this.#store.drop(this.#run, old);
  }
}
