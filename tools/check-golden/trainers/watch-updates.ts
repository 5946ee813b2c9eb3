import type { Parameter } from "@cai/contracts";
import { AdamW } from "@cai/optim";
import * as tf from "@tensorflow/tfjs-core";
import type { NamedNumbers } from "../ppo-step/models.ts";
import { readTensors } from "../ppo-step/models.ts";

/** One step of an optimizer: what it was given, and the weights after it. */
export interface WatchedUpdate {
  /** Before clipping. */
  readonly gradients: ReadonlyMap<string, NamedNumbers>;
  /** What the gradients are multiplied by, so that they are clipped. */
  readonly scale: number;
  readonly weights: ReadonlyMap<string, NamedNumbers>;
}

/** Runs something that trains, and looks on at every step that an optimizer takes meanwhile. */
export async function watchUpdates(parameters: readonly Parameter<tf.Tensor>[], run: () => Promise<void>): Promise<WatchedUpdate[]> {
  const copies: { gradients: Map<string, tf.Tensor>; scale: number; weights: Map<string, tf.Tensor> }[] = [];
  const { step } = AdamW.prototype;
  AdamW.prototype.step = function (given) {
    const gradients = copyOf(given.gradients);
    step.call(this, given);
    copies.push({ gradients, scale: given.scale ?? 1, weights: copyOf(parameters.map(({ name, value }) => [name, value] as const)) });
  };
  try {
    await run();
    return await Promise.all(
      copies.map(async ({ gradients, scale, weights }) => ({
        gradients: await readTensors(gradients),
        scale,
        weights: await readTensors(weights),
      })),
    );
  } finally {
    AdamW.prototype.step = step;
    for (const { gradients, weights } of copies) tf.dispose([...gradients.values(), ...weights.values()]);
  }
}

function copyOf(tensors: Iterable<readonly [string, tf.Tensor]>): Map<string, tf.Tensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, tf.mul(tensor, 1)])); // weights are updated in place, a clone would follow
}
