import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import type { ModelArchitecture } from "../families/family.ts";
import { WeightsHash } from "../weights-hash.ts";
import { type LinearLayer, type LoraTargets, targetLayers } from "./targets.ts";

/** What an adapter is, but for its numbers. */
export interface LoraSettings {
  readonly rank: number;
  /** What the adapter adds is scaled by alpha / rank. */
  readonly alpha: number;
  readonly targets: LoraTargets;
}

/** One of the two matrices of an adapted layer: A is `[rank, in]`, B `[out, rank]`. */
export interface LoraMatrix {
  /** PEFT's name. */
  readonly name: string;
  readonly role: "A" | "B";
  readonly shape: readonly [number, number];
  readonly target: LinearLayer;
}

/** All matrices of an adapter, in the model's order. Throws PolicyError for targets that match nothing; `where` begins the message. */
export function loraMatrices(architecture: ModelArchitecture, { rank, targets }: LoraSettings, where: string): LoraMatrix[] {
  return targetLayers(architecture, targets, where).flatMap((target): LoraMatrix[] => {
    const prefix = `base_model.model.${target.name}`;
    return [
      { name: `${prefix}.lora_A.weight`, role: "A", shape: [rank, target.inputSize], target },
      { name: `${prefix}.lora_B.weight`, role: "B", shape: [target.outputSize, rank], target },
    ];
  });
}

/**
 * Low-rank updates of linear layers (Hu et al. 2021, arXiv:2106.09685): y = x·Wᵀ + (alpha / rank)·(x·Aᵀ)·Bᵀ with W frozen, which stands for
 * the weight W + (alpha / rank)·B·A. Owns its matrices.
 */
export class LoraAdapter {
  readonly settings: LoraSettings;
  /** A and B of each layer, in the model's order. */
  readonly parameters: ReadonlyMap<string, Parameter<tf.Tensor>>;
  /** Of the numbers it started from, as `WeightsHash` takes them. */
  readonly sha256: string;
  readonly #layers = new Map<
    string,
    { readonly target: LinearLayer; readonly a: Parameter<tf.Tensor>; readonly b: Parameter<tf.Tensor> }
  >();
  readonly #scale: number;

  constructor({
    matrices,
    settings,
    values,
  }: {
    readonly matrices: readonly LoraMatrix[];
    readonly settings: LoraSettings;
    readonly values: (matrix: LoraMatrix) => Float32Array;
  }) {
    this.settings = settings;
    this.#scale = settings.alpha / settings.rank;
    const hash = new WeightsHash();
    const made = new Map<string, Parameter<tf.Tensor>>();
    for (const matrix of matrices.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name, shape, target } = matrix;
      const numbers = values(matrix);
      hash.add({ name, shape, values: numbers });
      made.set(name, createParameter({ name, layer: target.layer, value: tf.tensor2d(numbers, [...shape], "float32") }));
    }
    this.sha256 = hash.digest();
    this.parameters = new Map(matrices.map(({ name }) => [name, made.get(name)!]));
    for (const { name, target } of matrices.filter(({ role }) => role === "A"))
      this.#layers.set(target.name, { target, a: made.get(name)!, b: made.get(name.replace(/A\.weight$/, "B.weight"))! });
  }

  /** The adapted layers. */
  get targets(): LinearLayer[] {
    return [...this.#layers.values()].map(({ target }) => target);
  }

  /** A and B of a linear layer, and what their product is scaled by; undefined where the layer has none. */
  update(name: string): { readonly a: tf.Tensor; readonly b: tf.Tensor; readonly scale: number } | undefined {
    const layer = this.#layers.get(name);
    return layer && { a: layer.a.value, b: layer.b.value, scale: this.#scale };
  }

  /** What the adapter adds to a linear layer's weight, in that layout; undefined where the layer has none. The caller disposes. */
  weightDelta(name: string, layout: ModelArchitecture["linearLayout"]): tf.Tensor | undefined {
    const update = this.update(name);
    if (update === undefined) return undefined;
    const { a, b, scale } = update as { a: tf.Tensor2D; b: tf.Tensor2D; scale: number };
    return tf.tidy(() => tf.mul(layout === "input-output" ? tf.matMul(a, b, true, true) : tf.matMul(b, a), scale));
  }

  dispose(): void {
    for (const { value } of this.parameters.values()) tf.dispose(value);
  }
}
