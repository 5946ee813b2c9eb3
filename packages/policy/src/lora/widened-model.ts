import type { Parameter } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { PolicyError } from "../error.ts";
import type { ModelArchitecture } from "../families/family.ts";
import { architectureOf } from "../families/registry.ts";
import { sharingTensor } from "../model/sharing-tensor.ts";
import type { PolicyParts } from "../policy.ts";
import type { LoraSettings } from "./lora-settings.ts";
import { isSaved, outputLayerWeight } from "./saved-weights.ts";
import { targetLayers } from "./targets.ts";

/** A model that computes the same as another, with room for what an adapter puts into it. */
export type WidenedModel = Pick<PolicyParts, "architecture" | "config">;

/**
 * The model that an adapter of a file can be merged into: an output matrix that is tied gets a place of its own where the adapter replaces it or the
 * embedding alone, and layers without bias get one where the adapter has one. Throws PolicyError `unsupported-config` where the family has no
 * word for such a model.
 */
export function widenedModel({ architecture, config }: WidenedModel, settings: LoraSettings, where: string): WidenedModel {
  const { outputWeight } = architecture;
  const unties =
    outputWeight !== outputLayerWeight &&
    !settings.ensureWeightTying &&
    [outputWeight, outputLayerWeight].some((name) => isSaved(name, settings));
  const unbiased = settings.loraBias ? layersWithoutBias(architecture, settings, where) : [];
  if (!unties && unbiased.length === 0) return { architecture, config };
  const widened = {
    ...config,
    ...(unties && { tie_word_embeddings: false }),
    ...(unbiased.some((name) => name.includes("attn")) && { attention_bias: true }),
    ...(unbiased.some((name) => name.includes("mlp")) && { mlp_bias: true }),
  };
  const wider = architectureOf(widened, where);
  const [missing] = unbiased.length === 0 ? [] : layersWithoutBias(wider, settings, where);
  if (missing !== undefined)
    throw new PolicyError(
      "unsupported-config",
      `${where}: lora_bias adds a bias to ${missing}, and a model of type ${JSON.stringify(config.model_type)} has none there to merge it into`,
    );
  return { architecture: wider, config: widened };
}

function layersWithoutBias(architecture: ModelArchitecture, settings: LoraSettings, where: string): string[] {
  const names = new Set(architecture.parameters.map(({ name }) => name));
  return targetLayers(architecture, settings, where, { asPeft: true })
    .map(({ name }) => name)
    .filter((name) => !names.has(`${name}.bias`));
}

/** The weights of a widened model, frozen: the model's own, shared; for those that it lacks, what they stand for in it. */
export function widenedParameters(
  { architecture, parameters }: Pick<PolicyParts, "architecture" | "parameters">,
  widened: ModelArchitecture,
): ReadonlyMap<string, Parameter<tf.Tensor>> {
  const filled = (name: string, shape: readonly number[]): tf.Tensor => {
    const own = parameters.get(name === outputLayerWeight ? architecture.outputWeight : name);
    return own === undefined ? tf.zeros([...shape]) : sharingTensor(own.value);
  };
  return new Map(
    widened.parameters.map(({ name, layer, shape }) => [
      name,
      createParameter({ name, layer, value: filled(name, shape), trainable: false }),
    ]),
  );
}
