import type { CausalPolicy } from "@cai/policy";
import { InFlight } from "./in-flight.ts";
import { sha256 } from "./names.ts";
import { type PublishedPiece, type WeightManifest, type WeightStore, writeManifest } from "./weight-store.ts";

/** What a step's weights cost. */
export interface Publication {
  readonly version: string;
  /** Of pieces that were new; 0 where the weights are those of the call before. */
  readonly bytes: number;
  readonly seconds: number;
}

/** Publishes what is trained of a policy, as it stands: only what the store lacks goes there. It keeps the last two versions. */
export class WeightPublisher {
  readonly #policy: CausalPolicy;
  readonly #store: WeightStore;
  readonly #run: string;
  /** The tensor that a name last had, and the hash of its numbers. */
  readonly #known = new Map<string, { readonly id: number; readonly sha256: string }>();
  #kept: { readonly version: string; readonly pieces: ReadonlySet<string> }[] = [];

  constructor({ policy, store, run }: { readonly policy: CausalPolicy; readonly store: WeightStore; readonly run: string }) {
    this.#policy = policy;
    this.#store = store;
    this.#run = run;
  }

  async publish(): Promise<Publication> {
    const started = performance.now();
    const stored = new Set(this.#kept.flatMap(({ pieces }) => [...pieces]));
    const pieces: PublishedPiece[] = [];
    let bytes = 0;
    const inFlight = new InFlight();
    for (const [name, { value, shape }] of this.#policy.parameters) {
      let known = this.#known.get(name);
      if (known?.id !== value.id) {
        const numbers = (await value.data()) as Float32Array; // an update puts another tensor in a parameter's place
        const view = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
        const piece = sha256(view);
        known = { id: value.id, sha256: piece };
        if (!stored.has(piece)) {
          await inFlight.start(view.byteLength, () => this.#store.putPiece(this.#run, piece, view));
          stored.add(piece);
          bytes += view.byteLength;
        }
        this.#known.set(name, known);
      }
      pieces.push({ name, shape, sha256: known.sha256 });
    }
    await inFlight.end();
    const { version, text } = writeManifest({ lora: this.#lora(), pieces });
    await this.#store.publish(this.#run, version, text);
    await this.#keep(version, pieces);
    return { version, bytes, seconds: (performance.now() - started) / 1000 };
  }

  #lora(): WeightManifest["lora"] {
    const { adapter } = this.#policy.parts;
    if (adapter === undefined) return null;
    const { rank, alpha, targets } = adapter.lora.settings;
    return { rank, alpha, targets };
  }

  async #keep(version: string, pieces: readonly PublishedPiece[]): Promise<void> {
    if (this.#kept.at(-1)?.version === version) return;
    const before = this.#kept;
    this.#kept = [...before.slice(-1), { version, pieces: new Set(pieces.map(({ sha256 }) => sha256)) }];
    const needed = new Set(this.#kept.flatMap(({ pieces }) => [...pieces]));
    const versions = before.map((one) => one.version).filter((one) => !this.#kept.some((kept) => kept.version === one));
    const old = new Set(before.flatMap(({ pieces }) => [...pieces]));
    await this.#store.drop(this.#run, { versions, pieces: [...old].filter((piece) => !needed.has(piece)) });
  }
}
