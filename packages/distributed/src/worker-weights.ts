import { addLora, type CausalPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { DistributedError } from "./error.ts";
import { InFlight } from "./in-flight.ts";
import { pieceBytes, readManifest, readPiece, type WeightManifest, type WeightStore } from "./weight-store.ts";

/** A worker's policy with the weights that jobs ask for. What a version shares with the one before is not read again. */
export class WorkerWeights {
  readonly #base: CausalPolicy;
  readonly #store: WeightStore;
  #adapted: { readonly settings: string; readonly policy: CausalPolicy } | undefined;
  /** Hashes of the numbers that parameters hold. */
  readonly #held = new Map<string, string>();
  #version: string | undefined;
  /** How long the last version took to load. */
  loadSeconds = 0;

  /** @param policy as its user loaded it; the caller disposes of it, after this. */
  constructor(policy: CausalPolicy, store: WeightStore) {
    this.#base = policy;
    this.#store = store;
  }

  /**
   * The policy with that version's weights, proven by their hashes.
   *
   * @throws DistributedError `missing-weights`, `other-weights`, `bad-payload`
   */
  async load(run: string, version: string): Promise<CausalPolicy> {
    if (this.#version === version) return this.#current;
    const started = performance.now();
    const text = await this.#store.readManifest(run, version);
    if (text === undefined)
      throw new DistributedError("missing-weights", `version ${version} of run ${run} is not in the store of weights`);
    const manifest = readManifest(text, version);
    this.#version = undefined;
    this.#adapt(manifest);
    this.#refuseOthers(manifest);
    const { parameters } = this.#current;
    const inFlight = new InFlight();
    for (const piece of manifest.pieces) {
      if (this.#held.get(piece.name) === piece.sha256) continue;
      await inFlight.start(pieceBytes(piece), async () => {
        const numbers = await readPiece(this.#store, run, piece);
        parameters.get(piece.name)!.assign(tf.tensor(numbers, [...piece.shape], "float32"));
        this.#held.set(piece.name, piece.sha256);
      });
    }
    await inFlight.end();
    this.#version = version;
    this.loadSeconds = (performance.now() - started) / 1000;
    return this.#current;
  }

  dispose(): void {
    this.#adapted?.policy.dispose();
    this.#adapted = undefined;
  }

  get #current(): CausalPolicy {
    return this.#adapted?.policy ?? this.#base;
  }

  /** Puts an adapter on the policy where one is asked for and it has none, or another. */
  #adapt({ lora }: WeightManifest): void {
    if (this.#base.parts.adapter !== undefined) return;
    const settings = JSON.stringify(lora);
    if (settings === (this.#adapted?.settings ?? "null")) return;
    this.dispose();
    this.#held.clear();
    if (lora !== null) this.#adapted = { settings, policy: addLora(this.#base, lora) };
  }

  #refuseOthers({ pieces }: WeightManifest): void {
    const { parameters } = this.#current;
    const fits = pieces.length === parameters.size && pieces.every(({ name, shape }) => `${parameters.get(name)?.shape}` === `${shape}`);
    if (fits) return;
    throw new DistributedError(
      "other-weights",
      "the learner's weights are not of the shapes of this worker's policy: start the worker with the learner's --policy",
    );
  }
}
