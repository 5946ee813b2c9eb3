import type { Parameter } from "@cai/contracts";
import type * as tf from "@tensorflow/tfjs-core";

/** The numbers of one AdamW update, the same for every weight. */
export interface AdamUpdate {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** What gradients are multiplied by. */
  readonly scale: number;
  /** The number of this update, from 1. */
  readonly step: number;
}

/** The running means of one weight's gradient and of its square. */
export interface MomentValues {
  readonly expAvg: Float32Array;
  readonly expAvgSq: Float32Array;
}

/** Where the moments of one optimizer are kept, and the update that uses them. */
export interface MomentStore {
  /** Begins with zeros, or with what was read before. */
  add(name: string, shape: readonly number[], initial?: MomentValues): void;
  /** Updates moments and weights. The gradients stay the caller's. */
  apply(weights: readonly { readonly parameter: Parameter<tf.Tensor>; readonly gradient: tf.Tensor }[], update: AdamUpdate): void;
  read(name: string): Promise<MomentValues>;
  dispose(): void;
}
