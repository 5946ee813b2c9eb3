import type { ModelArchitecture, ParameterSpec } from "../families/family.ts";
import type { LoraSettings } from "./lora-settings.ts";
import { matchPatterns } from "./match-patterns.ts";
import { outputLayerWeight, savedWeights } from "./saved-weights.ts";
import { type LinearLayer, targetLayers } from "./targets.ts";

interface Stored {
  /** PEFT's name. */
  readonly name: string;
  readonly shape: readonly number[];
  /** As in `Parameter`. */
  readonly layer: number;
}

/**
 * A part of an adapted layer: A is `[rank, in]`, B `[out, rank]`, both scaled by `scale` when they are added; `magnitude` the lengths of the
 * weight's columns `[out]`, `offset` the bias of B `[out]`.
 */
export interface UpdateTensor extends Stored {
  readonly role: "A" | "B" | "magnitude" | "offset";
  readonly target: LinearLayer;
  readonly scale: number;
}

/** A weight that takes the place of the model's own. */
export interface ReplacedTensor extends Stored {
  readonly role: "weight";
  /** The model's name for it. */
  readonly weight: string;
  /** Where the output layer is tied to an embedding: its name, under which a file may have the same numbers. */
  readonly alias?: string;
  /** A file need not have it: the model's own stands for it then. */
  readonly isOptional: boolean;
  /** It was not asked for, but is in the file: it counts, and is not trained. */
  readonly isFrozen: boolean;
}

export type AdapterTensor = UpdateTensor | ReplacedTensor;

export const peftPrefix = "base_model.model.";

/**
 * All tensors of an adapter, in the model's order. Throws PolicyError for settings that match nothing; `where` begins the message.
 *
 * @param architecture the model's own, `widened` what it is with the adapter
 * @param asPeft as in `targetLayers`
 */
export function adapterTensors({
  architecture,
  widened,
  settings,
  where,
  asPeft = false,
}: {
  readonly architecture: ModelArchitecture;
  readonly widened: ModelArchitecture;
  readonly settings: LoraSettings;
  readonly where: string;
  readonly asPeft?: boolean;
}): AdapterTensor[] {
  const targets = targetLayers(architecture, settings, where, { asPeft });
  return [...updateTensors(targets, settings, where), ...replacedTensors({ architecture, widened, settings, targets, where })];
}

function updateTensors(targets: readonly LinearLayer[], settings: LoraSettings, where: string): UpdateTensor[] {
  const names = targets.map(({ name }) => name);
  const ranks = valuesOf(names, settings.rankPattern, settings.rank, where);
  const alphas = valuesOf(names, settings.alphaPattern, settings.alpha, where);
  return targets.flatMap((target, index) => {
    const { name, layer, inputSize, outputSize } = target;
    const rank = ranks[index]!;
    const scale = alphas[index]! / (settings.useRslora ? Math.sqrt(rank) : rank);
    const tensor = (role: UpdateTensor["role"], ending: string, shape: readonly number[]): UpdateTensor => ({
      name: `${peftPrefix}${name}.${ending}`,
      shape,
      layer,
      role,
      target,
      scale,
    });
    return [
      tensor("A", "lora_A.weight", [rank, inputSize]),
      tensor("B", "lora_B.weight", [outputSize, rank]),
      ...(settings.loraBias ? [tensor("offset", "lora_B.bias", [outputSize])] : []),
      ...(settings.useDora ? [tensor("magnitude", "lora_magnitude_vector", [outputSize])] : []),
    ];
  });
}

/** A number for each layer: that of the first pattern that an end of its name matches, or else the one for all. */
function valuesOf(
  names: readonly string[],
  patterns: readonly (readonly [pattern: string, value: number])[] = [],
  otherwise: number,
  where: string,
): readonly number[] {
  const found = matchPatterns(
    patterns.map(([pattern]) => `(.*\\.)?(${pattern})$`),
    names,
    where,
  );
  return names.map((_, index) => {
    const first = found.findIndex((matches) => matches[index] !== undefined);
    return first < 0 ? otherwise : patterns[first]![1];
  });
}

function replacedTensors({
  architecture,
  widened,
  settings,
  targets,
  where,
}: {
  readonly architecture: ModelArchitecture;
  readonly widened: ModelArchitecture;
  readonly settings: LoraSettings;
  readonly targets: readonly LinearLayer[];
  readonly where: string;
}): ReplacedTensor[] {
  const own = new Set([...architecture.parameters.map(({ name }) => name), outputLayerWeight]);
  const saved = new Set(savedWeights(widened, settings, targets, where).filter((name) => own.has(name)));
  const biases = new Set(biasNames(architecture, settings, targets));
  return widened.parameters
    .filter(({ name }) => saved.has(name) || biases.has(name))
    .map((spec) => replacedTensor(spec, { architecture: widened, targets, isOptional: !saved.has(spec.name) }));
}

/** PEFT's file keeps the bias of an adapted layer with the layer that the adapter stands around. */
export function replacedTensor(
  { name, shape, layer }: ParameterSpec,
  {
    architecture: { outputWeight },
    targets,
    isOptional = false,
    isFrozen = false,
  }: {
    readonly architecture: ModelArchitecture;
    readonly targets: readonly LinearLayer[];
    readonly isOptional?: boolean;
    readonly isFrozen?: boolean;
  },
): ReplacedTensor {
  const target = targets.find((one) => name === `${one.name}.bias`);
  const stored = target === undefined ? name : `${target.name}.base_layer.bias`;
  return {
    name: peftPrefix + stored,
    ...(name === outputWeight && name !== outputLayerWeight && { alias: peftPrefix + outputLayerWeight }),
    shape,
    layer,
    role: "weight",
    weight: name,
    isOptional,
    isFrozen,
  };
}

function biasNames({ parameters }: ModelArchitecture, { bias }: LoraSettings, targets: readonly LinearLayer[]): string[] {
  const all = parameters.map(({ name }) => name).filter((name) => name.endsWith(".bias"));
  if (bias === "all") return all;
  return bias === "lora_only" ? all.filter((name) => targets.some((target) => name === `${target.name}.bias`)) : [];
}
