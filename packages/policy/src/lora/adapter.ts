import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelArchitecture } from "../families/family.ts";
import { inHashOrder, WeightsHash } from "../load/weights-hash.ts";
import type { AdapterTensor } from "./adapter-tensors.ts";
import type { LoraSettings } from "./lora-settings.ts";
import type { LinearLayer } from "./targets.ts";

/** What an adapter does to a linear layer; tensors are the adapter's. */
export interface LayerUpdate {
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
  /** What (x·Aᵀ)·Bᵀ, with the offset, is scaled by. */
  readonly scale: number;
  /** B's bias. */
  readonly offset?: tf.Tensor;
  /** DoRA: the lengths that the columns of the updated weight are given, and those that they have. */
  readonly columns?: { readonly magnitudes: tf.Tensor; lengths(weight: tf.Tensor): tf.Tensor };
}

type Role = "A" | "B" | "offset" | "magnitude";

interface AdaptedLayer {
  readonly target: LinearLayer;
  readonly scale: number;
  readonly parts: Readonly<Partial<Record<Role, Parameter<tf.Tensor>>>>;
  /** Lengths of columns and what they are of: they are asked for with every token, and change with an update. */
  lengths?: { readonly of: string; readonly tensor: tf.Tensor };
}

/**
 * Low-rank updates of linear layers (Hu et al. 2021, arXiv:2106.09685): y = x·Wᵀ + scale·(x·Aᵀ)·Bᵀ with W frozen, which stands for the weight
 * W + scale·B·A; and weights that take the place of the model's own. Owns its parameters.
 */
export class LoraAdapter {
  readonly settings: LoraSettings;
  readonly tensors: readonly AdapterTensor[];
  /** By PEFT's names, in the model's order. */
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  /** Of the numbers it started from, as `WeightsHash` takes them. */
  readonly sha256: string;
  readonly #layout: ModelArchitecture["linearLayout"];
  readonly #layers = new Map<string, AdaptedLayer>();
  readonly #replacements = new Map<string, Parameter<tf.Tensor>>();

  constructor({
    tensors,
    settings,
    layout,
    values,
  }: {
    readonly tensors: readonly AdapterTensor[];
    readonly settings: LoraSettings;
    /** How the model stores the weights of its linear layers. */
    readonly layout: ModelArchitecture["linearLayout"];
    readonly values: (tensor: AdapterTensor) => Float32Array;
  }) {
    this.settings = settings;
    this.tensors = tensors;
    this.#layout = layout;
    const hash = new WeightsHash();
    const made = new Map<string, Parameter<tf.Tensor>>();
    for (const tensor of inHashOrder(tensors)) {
      const { name, shape, layer } = tensor;
      const numbers = values(tensor);
      hash.add({ name, shape, values: numbers });
      const trainable = tensor.role !== "weight" || !tensor.isFrozen;
      made.set(name, createParameter({ name, layer, value: tf.tensor(numbers, [...shape], "float32"), trainable }));
    }
    this.sha256 = hash.digest();
    this.parameters = new Map(tensors.map(({ name }) => [name, made.get(name)!]));
    for (const tensor of tensors) {
      const parameter = made.get(tensor.name)!;
      if (tensor.role === "weight") this.#replacements.set(tensor.weight, parameter);
      else {
        const { target, scale, role } = tensor;
        this.#layers.set(target.name, { target, scale, parts: { ...this.#layers.get(target.name)?.parts, [role]: parameter } });
      }
    }
  }

  /** The adapted layers. */
  get targets(): LinearLayer[] {
    return [...this.#layers.values()].map(({ target }) => target);
  }

  /** Whether it gives the columns of a weight other lengths (DoRA). */
  get scalesColumns(): boolean {
    return [...this.#layers.values()].some(({ parts }) => parts.magnitude !== undefined);
  }

  /** The scales of its layers; one number where they are all the same. */
  get scales(): readonly number[] {
    const scales = [...this.#layers.values()].map(({ scale }) => scale);
    return new Set(scales).size === 1 ? scales.slice(0, 1) : scales;
  }

  /** What it does to a linear layer; undefined where it does nothing. */
  update(name: string): LayerUpdate | undefined {
    const layer = this.#layers.get(name);
    if (layer === undefined) return undefined;
    const { A, B, offset, magnitude } = layer.parts;
    return {
      a: A!.value,
      b: B!.value,
      scale: layer.scale,
      ...(offset && { offset: offset.value }),
      ...(magnitude && { columns: { magnitudes: magnitude.value, lengths: (weight) => this.#lengths(layer, weight) } }),
    };
  }

  /** The parameter that stands for the model's weight of that name; undefined where it keeps its own. */
  replacement(weight: string): Parameter<tf.Tensor> | undefined {
    return this.#replacements.get(weight);
  }

  /** Its parts of the linear layers in a block. */
  updatesIn(block: number): Parameter<tf.Tensor>[] {
    return [...this.#layers.values()].filter(({ target }) => target.layer === block).flatMap(({ parts }) => Object.values(parts));
  }

  /** What it makes of the weight or bias of that name, where it is a layer's that it updates, or undefined. The caller disposes. */
  merged(name: string, value: tf.Tensor): tf.Tensor | undefined {
    const update = this.update(name.replace(/\.(weight|bias)$/, ""));
    if (update === undefined) return undefined;
    const { offset, scale, columns } = update;
    if (name.endsWith(".bias")) return offset && tf.tidy(() => tf.add(value, tf.mul(offset, scale)));
    return tf.tidy(() => {
      const sum = tf.add(value, this.#delta(update));
      if (columns === undefined) return sum;
      const factors = tf.div(columns.magnitudes, columns.lengths(value));
      return tf.mul(sum, this.#layout === "input-output" ? factors : tf.reshape(factors, [-1, 1]));
    });
  }

  /** Its parameters that the weight or bias of that name is merged from. */
  partsOf(name: string): Parameter<tf.Tensor>[] {
    const replacement = this.#replacements.get(name);
    const { A, B, magnitude, offset } = this.#layers.get(name.replace(/\.(weight|bias)$/, ""))?.parts ?? {};
    const parts = name.endsWith(".bias") ? [replacement, offset] : [replacement, A, B, magnitude];
    return parts.filter((part) => part !== undefined);
  }

  dispose(): void {
    for (const { value } of this.parameters.values()) tf.dispose(value);
    for (const { lengths } of this.#layers.values()) lengths?.tensor.dispose();
  }

  #delta({ a, b, scale }: LayerUpdate): tf.Tensor {
    const [left, right] = [a as tf.Tensor2D, b as tf.Tensor2D];
    return tf.mul(this.#layout === "input-output" ? tf.matMul(left, right, true, true) : tf.matMul(right, left), scale);
  }

  /** Kept until one of the matrices changes. */
  #lengths(layer: AdaptedLayer, weight: tf.Tensor): tf.Tensor {
    const update = this.update(layer.target.name)!;
    const of = [weight.id, update.a.id, update.b.id].join();
    if (layer.lengths?.of !== of) {
      layer.lengths?.tensor.dispose();
      const tensor = tf.tidy(() => tf.norm(tf.add(weight, this.#delta(update)), "euclidean", this.#layout === "input-output" ? 0 : 1));
      layer.lengths = { of, tensor: tf.keep(tensor) };
    }
    return layer.lengths.tensor;
  }
}
