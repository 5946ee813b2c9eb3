import { addLora, type CausalPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import { DistributedError } from "./error.ts";
import { InFlight } from "./in-flight.ts";
import { isHash } from "./names.ts";
import type { WeightCoding } from "./weight-coding.ts";
import { contentOf, numberBytes, readManifest, readWeight, type WeightManifest } from "./weight-manifest.ts";
import type { WeightStore } from "./weight-store.ts";

/** A version whose numbers are in memory. */
interface HeldVersion {
  readonly version: string;
  readonly manifest: WeightManifest;
}

const mostVersions = 2;

/**
 * A worker's policy with the weights that jobs ask for. The last two versions that were read stay in memory: a job of either reads nothing from the
 * store, and what a version shares with the one before is there once.
 *
 * Memory: the policy's own weights, which are one of the versions, and of the other version what differs: 4 bytes a trained number at most, with an
 * adapter the adapter's. While a third version is read, the older one goes first.
 */
export class WorkerWeights {
  readonly #base: CausalPolicy;
  readonly #store: WeightStore;
  readonly #coding: WeightCoding | undefined;
  #adapted: { readonly settings: string; readonly policy: CausalPolicy } | undefined;
  /** Whether the base still is what its user loaded. */
  #isBaseWhole = true;
  /** What parameters hold, by their names. */
  readonly #held = new Map<string, string>();
  /** The numbers of what is held, and of the other version. Parameters have clones, which share their memory. */
  readonly #numbers = new Map<string, tf.Tensor>();
  /** In the order in which they were read. */
  #versions: HeldVersion[] = [];
  #version: string | undefined;
  /** How long the last version took to load. */
  loadSeconds = 0;

  /** @param policy as its user loaded it; the caller disposes of it, after this. */
  constructor(policy: CausalPolicy, store: WeightStore, coding?: WeightCoding) {
    this.#base = policy;
    this.#store = store;
    this.#coding = coding;
  }

  /**
   * The policy with that version's weights, proven by their hashes.
   *
   * @throws DistributedError `missing-weights`, `other-weights`, `bad-payload`
   */
  async load(run: string, version: string): Promise<CausalPolicy> {
    if (this.#version === version) return this.#current;
    const started = performance.now();
    const known = this.#versions.find((held) => held.version === version);
    const manifest = known?.manifest ?? (await this.#readManifest(run, version));
    this.#version = undefined;
    this.#adapt(manifest);
    this.#refuseOthers(manifest);
    if (known === undefined) this.#versions = this.#versions.slice(-(mostVersions - 1));
    this.#letGoAllBut([...this.#versions.map((held) => held.manifest), manifest]);
    if (this.#current === this.#base && this.#base.parts.adapter === undefined) this.#isBaseWhole = false;
    await this.#readMissing(run, manifest);
    for (const weight of manifest.weights) {
      const content = contentOf(weight);
      if (this.#held.get(weight.name) === content) continue;
      this.#current.parameters.get(weight.name)!.assign(tf.clone(this.#numbers.get(content)!));
      this.#held.set(weight.name, content);
    }
    if (known === undefined) this.#versions.push({ version, manifest });
    this.#version = version;
    this.loadSeconds = (performance.now() - started) / 1000;
    return this.#current;
  }

  /**
   * The policy with the newest version of a run, whatever that is by now.
   *
   * @param newest looks which it is.
   * @throws DistributedError as `load` does
   */
  async loadNewest(run: string, newest: () => Promise<string | null>): Promise<{ policy: CausalPolicy; version: string }> {
    for (let before: string | undefined; ; ) {
      const version = await newest();
      if (version === null || !isHash(version))
        throw new DistributedError("missing-weights", `run ${run} tells of no newest version of its weights`);
      try {
        return { policy: await this.load(run, version), version };
      } catch (error) {
        // While it was read, a newer one may have taken its place.
        const isGone = DistributedError.isInstance(error) && error.code === "missing-weights" && version !== before;
        if (!isGone) throw error;
        before = version;
      }
    }
  }

  dispose(): void {
    this.#letGoAllBut([]);
    this.#adapted?.policy.dispose();
    this.#adapted = undefined;
  }

  get #current(): CausalPolicy {
    return this.#adapted?.policy ?? this.#base;
  }

  async #readManifest(run: string, version: string): Promise<WeightManifest> {
    const bytes = await this.#store.get(run, version);
    if (bytes !== undefined) return readManifest(bytes, version);
    throw new DistributedError("missing-weights", `version ${version} of run ${run} is not in the store of weights`);
  }

  /** Brings into memory what a version needs: from the policy's parameters what they hold, all else from the store. */
  async #readMissing(run: string, { weights }: WeightManifest): Promise<void> {
    const inFlight = new InFlight();
    const asked = new Set<string>();
    for (const weight of weights) {
      const content = contentOf(weight);
      if (this.#numbers.has(content) || asked.has(content)) continue;
      if (this.#held.get(weight.name) === content) {
        this.#numbers.set(content, tf.clone(this.#current.parameters.get(weight.name)!.value));
        continue;
      }
      asked.add(content);
      await inFlight.start(numberBytes(weight), async () => {
        const numbers = await readWeight({ store: this.#store, run, coding: this.#coding }, weight);
        this.#numbers.set(content, tf.keep(tf.tensor(numbers, [...weight.shape], "float32")));
      });
    }
    await inFlight.end();
  }

  #letGoAllBut(manifests: readonly WeightManifest[]): void {
    const needed = new Set(manifests.flatMap(({ weights }) => weights.map(contentOf)));
    for (const [content, numbers] of this.#numbers) {
      if (needed.has(content)) continue;
      numbers.dispose();
      this.#numbers.delete(content);
    }
  }

  /** Puts an adapter on the policy where one is asked for and it has none, or another. */
  #adapt({ lora }: WeightManifest): void {
    if (this.#base.parts.adapter !== undefined) return;
    const settings = JSON.stringify(lora);
    if (settings === (this.#adapted?.settings ?? "null")) return;
    if (lora !== null && !this.#isBaseWhole)
      throw new DistributedError(
        "other-weights",
        "this run trains an adapter, and a run that trains all weights has changed those of this worker: start workers for each of them",
      );
    this.dispose();
    this.#versions = [];
    this.#held.clear();
    if (lora !== null) this.#adapted = { settings, policy: addLora(this.#base, lora) };
  }

  #refuseOthers({ weights }: WeightManifest): void {
    const { parameters } = this.#current;
    const fits = weights.length === parameters.size && weights.every(({ name, shape }) => `${parameters.get(name)?.shape}` === `${shape}`);
    if (fits) return;
    throw new DistributedError(
      "other-weights",
      "the learner's weights are not of the shapes of this worker's policy: start the worker with the learner's --policy",
    );
  }
}
