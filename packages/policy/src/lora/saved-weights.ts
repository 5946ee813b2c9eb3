import { PolicyError } from "../error.ts";
import type { ModelArchitecture } from "../families/family.ts";
import type { LayerSelection, LinearLayer } from "./targets.ts";

/** The output layer's weight, as every family names it; where it is tied there is no such parameter. */
export const outputLayerWeight = "lm_head.weight";

/** Whether a module is replaced as a whole: PEFT looks at how its name ends, or that of a module around it. */
export function isSaved(weight: string, { modulesToSave = [] }: LayerSelection): boolean {
  const parts = weight.split(".").slice(0, -1);
  return parts.some((_, index) => {
    const module = parts.slice(0, index + 1).join(".");
    return modulesToSave.some((name) => module.endsWith(name));
  });
}

/**
 * The weights that `modulesToSave` replaces; of a tied output layer, the embedding. Throws PolicyError `unsupported-config` where one of them is
 * adapted as well.
 */
export function savedWeights(
  { parameters, outputWeight }: ModelArchitecture,
  selection: LayerSelection,
  targets: readonly LinearLayer[],
  where: string,
): string[] {
  const savesOutput = isSaved(outputLayerWeight, selection);
  const saved = parameters.map(({ name }) => name).filter((name) => isSaved(name, selection) || (savesOutput && name === outputWeight));
  const both = targets.find(({ name }) => saved.includes(`${name}.weight`));
  if (both !== undefined)
    throw new PolicyError(
      "unsupported-config",
      `${where}: modules_to_save ${JSON.stringify(selection.modulesToSave)} replaces ${both.name}, which target_modules adapts: name the layer in one of them`,
    );
  return saved;
}
