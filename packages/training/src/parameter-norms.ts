import { globalNorm } from "@cai/optim";
import type { Gradients } from "./forward-pass.ts";
import type { Optimizer } from "./optimizer.ts";

/** How long the gradient of a parameter is. */
export interface ParameterNorm {
  readonly name: string;
  /** The block it belongs to: −1 for embeddings, 0 … L−1, L for what follows the last block; more for a value head. */
  readonly layer: number;
  /** Which optimizer updates it, from 0: each clips its own gradients together. */
  readonly optimizer: number;
  /** Euclidean, before clipping. */
  readonly norm: number;
}

/** The norm of each parameter's gradient, in the order of the optimizers. The squares of one optimizer's add up to that of what it clips. */
export async function parameterNorms(optimizers: readonly Pick<Optimizer, "parameters">[], gradients: Gradients): Promise<ParameterNorm[]> {
  const norms: ParameterNorm[] = [];
  for (const [optimizer, { parameters }] of optimizers.entries())
    for (const { name, layer } of parameters) norms.push({ name, layer, optimizer, norm: await globalNorm([gradients.get(name)!]) });
  return norms;
}
