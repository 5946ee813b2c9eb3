import type { Parameter } from "@cai/contracts";
import { nativeOps, webGpuOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { checkNumbers, checkUpdate } from "./check-number.ts";
import { OptimError } from "./error.ts";
import { kernelUpdate } from "./kernel-update.ts";
import type { MomentStore, MomentValues } from "./moment-store.ts";
import { nativeMoments } from "./native-moments.ts";
import { portableUpdate } from "./portable-update.ts";
import { tensorMoments } from "./tensor-moments.ts";
import { webGpuUpdate } from "./webgpu-update.ts";

/** The moments of one parameter, as they are saved. */
export interface NamedMoments extends MomentValues {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Also times √(1 − β2), as TensorFlow's own kernel wants it, it is a float32 number that processors don't take for 0. */
const leastEpsilon = 1e-30;

/**
 * AdamW (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101), number for number as `torch.optim.AdamW`:
 *
 *     p ← p(1 − lr·wd);  m ← β1·m + (1 − β1)g;  v ← β2·v + (1 − β2)g²;  p ← p − lr/(1 − β1ᵗ) · m / (√v/√(1 − β2ᵗ) + ε)
 *
 * It updates the parameters that are trainable when it is made; the others have no moments. Moments come into being with the first
 * step. On native TensorFlow and on WebGPU weights and moments are updated in place.
 *
 * @throws OptimError `bad-option`.
 * @example
 * const weight = createParameter({ name: "weight", layer: 0, value: tf.tensor1d([1, 2]) });
 * const optimizer = new AdamW({ parameters: [weight] });
 * const gradient = tf.tensor1d([0.5, -0.5]);
 * optimizer.step({ gradients: new Map([["weight", gradient]]), learningRate: 0.1 }); // weight is now about [0.9, 2.1]
 */
export class AdamW {
  readonly #parameters: readonly Parameter<tf.Tensor>[];
  readonly #options: { readonly beta1: number; readonly beta2: number; readonly epsilon: number; readonly weightDecay: number };
  #store: MomentStore | undefined;
  #stepCount = 0;
  #disposed = false;

  constructor({
    parameters,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0,
  }: {
    readonly parameters: Iterable<Parameter<tf.Tensor>>;
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
    readonly weightDecay?: number;
  }) {
    for (const [name, beta] of Object.entries({ beta1, beta2 }))
      if (!(beta >= 0 && beta < 1)) throw new OptimError("bad-option", `${name} is ${beta}: pass a number from 0 to below 1.`);
    checkNumbers({ epsilon, weightDecay });
    if (epsilon > 0 && epsilon < leastEpsilon)
      throw new OptimError("bad-option", `epsilon is ${epsilon}, which is 0 in float32: pass 0, or a number from ${leastEpsilon} on.`);
    this.#options = { beta1, beta2, epsilon, weightDecay };
    this.#parameters = [...parameters].filter((parameter) => parameter.trainable);
    const names = this.#parameters.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new OptimError("bad-option", `Two parameters are named ${twice}: names must differ.`);
  }

  /** Updates made so far. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /**
   * One update. `gradients` holds one for each trainable parameter, by name (others are ignored, so that two optimizers may share a
   * map); they are multiplied by `scale`, say the factor of gradient clipping, and stay the caller's. Whether they are finite is not
   * looked at here: {@link globalNorm} tells.
   *
   * @throws OptimError `missing-gradient`, `shape-mismatch`, `bad-option`, before any weight has changed.
   */
  step({
    gradients,
    learningRate,
    scale = 1,
  }: {
    readonly gradients: ReadonlyMap<string, tf.Tensor>;
    readonly learningRate: number;
    readonly scale?: number;
  }): void {
    this.#checkAlive();
    checkNumbers({ learningRate, scale });
    checkUpdate({ ...this.#options, learningRate, step: this.#stepCount + 1 });
    const weights = this.#parameters.map((parameter) => ({ parameter, gradient: gradientOf(parameter, gradients) }));
    if (this.#store === undefined) {
      this.#store = createStore();
      for (const { name, shape } of this.#parameters) this.#store.add(name, shape);
    }
    this.#stepCount++;
    this.#store.apply(weights, { ...this.#options, learningRate, scale, step: this.#stepCount });
  }

  /** The moments, one parameter at a time so that they never stand in JS memory all at once; zeros before the first step. */
  async *moments(): AsyncGenerator<NamedMoments> {
    this.#checkAlive();
    for (const { name, shape } of this.#parameters) {
      const size = tf.util.sizeFromShape([...shape]);
      const zeros = { expAvg: new Float32Array(size), expAvgSq: new Float32Array(size) };
      yield { name, shape, ...((await this.#store?.read(name)) ?? zeros) };
    }
  }

  /**
   * Goes on where another optimizer stopped: afterwards every step gives the same numbers as there. `moments` must hold each
   * trainable parameter once, in any order; on an error the optimizer stays as it was.
   *
   * @throws OptimError `bad-moments`, `bad-option`.
   */
  async restore({
    stepCount,
    moments,
  }: {
    readonly stepCount: number;
    readonly moments: AsyncIterable<NamedMoments> | Iterable<NamedMoments>;
  }): Promise<void> {
    this.#checkAlive();
    if (!Number.isSafeInteger(stepCount) || stepCount < 0)
      throw new OptimError("bad-option", `stepCount is ${stepCount}: pass a whole number from 0 on.`);
    const store = createStore();
    const restored = new Set<string>();
    try {
      for await (const given of moments) {
        const parameter = this.#parameters.find(({ name }) => name === given.name);
        checkMoments(given, parameter, restored.has(given.name));
        restored.add(given.name);
        store.add(given.name, given.shape, given);
      }
      const missing = this.#parameters.find(({ name }) => !restored.has(name));
      if (missing !== undefined)
        throw new OptimError("bad-moments", `Moments of ${missing.name} are missing: pass one for each parameter.`);
    } catch (error) {
      store.dispose();
      throw error;
    }
    this.#store?.dispose();
    this.#store = store;
    this.#stepCount = stepCount;
  }

  /** Frees the moments; the parameters stay. */
  dispose(): void {
    this.#store?.dispose();
    this.#store = undefined;
    this.#disposed = true;
  }

  #checkAlive(): void {
    if (this.#disposed) throw new OptimError("disposed", "This optimizer was disposed of: make a new one.");
  }
}

function gradientOf({ name, shape }: Parameter<tf.Tensor>, gradients: ReadonlyMap<string, tf.Tensor>): tf.Tensor {
  const gradient = gradients.get(name);
  if (gradient === undefined)
    throw new OptimError("missing-gradient", `No gradient for ${name}: pass one for each trainable parameter, or freeze it beforehand.`);
  if (!tf.util.arraysEqual(gradient.shape, [...shape]))
    throw new OptimError("shape-mismatch", `The gradient of ${name} is [${gradient.shape}]: the parameter is [${shape}].`);
  return gradient;
}

function checkMoments(given: NamedMoments, parameter: Parameter<tf.Tensor> | undefined, again: boolean): void {
  const refuse = (what: string) => new OptimError("bad-moments", `Moments of ${given.name}: ${what}`);
  if (parameter === undefined)
    throw refuse("no trainable parameter has that name; restore into the same model with the same layers frozen.");
  if (again) throw refuse("given twice.");
  const size = tf.util.sizeFromShape([...parameter.shape]);
  if (!tf.util.arraysEqual([...given.shape], [...parameter.shape]) || given.expAvg.length !== size || given.expAvgSq.length !== size)
    throw refuse(
      `shape [${given.shape}] with ${given.expAvg.length} and ${given.expAvgSq.length} numbers, where the parameter is [${parameter.shape}].`,
    );
}

function createStore(): MomentStore {
  const native = nativeOps();
  if (native === undefined) return tensorMoments(webGpuOps() === undefined ? portableUpdate : webGpuUpdate);
  return native.has("CaiAdamW") ? tensorMoments(kernelUpdate) : nativeMoments();
}
