import type { LayerSelection } from "./targets.ts";

/** What an adapter is, but for its numbers: PEFT's `LoraConfig`, as far as it changes what is computed. */
export interface LoraSettings extends LayerSelection {
  readonly rank: number;
  /** What the adapter adds is scaled by alpha / rank. */
  readonly alpha: number;
  /** The scale is alpha / √rank (rsLoRA, Kalajdzievski 2023, arXiv:2312.03732). */
  readonly useRslora?: boolean;
  /** Ranks of their own: the first regular expression that an end of a layer's name matches, or all of it. */
  readonly rankPattern?: readonly (readonly [pattern: string, rank: number])[];
  /** As `rankPattern`, for alpha. */
  readonly alphaPattern?: readonly (readonly [pattern: string, alpha: number])[];
  /** The length of each of the weight's columns is a parameter (DoRA, Liu et al. 2024, arXiv:2402.09353). */
  readonly useDora?: boolean;
  /** B has a bias. */
  readonly loraBias?: boolean;
  /** Biases of the model that are the adapter's: all, or those of adapted layers. */
  readonly bias?: "all" | "lora_only";
  /** A replaced embedding is the output matrix too, where it was before. */
  readonly ensureWeightTying?: boolean;
}
