import { PolicyError } from "../error.ts";
import type { ModelArchitecture } from "../families/family.ts";

/**
 * Which linear layers get an adapter, as PEFT's `target_modules`: `"all-linear"` for all of them; a list of names or of what names end in
 * (`["q_proj", "v_proj"]`); or a regular expression that the whole name matches. The output layer and embeddings can't be adapted.
 */
export type LoraTargets = string | readonly string[];

/** A linear layer of a block, whose weight is `<name>.weight`. */
export interface LinearLayer {
  readonly name: string;
  /** 0 … L−1. */
  readonly layer: number;
  readonly inputSize: number;
  readonly outputSize: number;
}

/** The layers that the targets name, in the model's order. Throws PolicyError `bad-option` where a target names none; `where` begins the message. */
export function targetLayers(architecture: ModelArchitecture, targets: LoraTargets, where: string): LinearLayer[] {
  const layers = linearLayers(architecture);
  const refuse = (target: string) => {
    throw new PolicyError(
      "bad-option",
      `${where}: ${JSON.stringify(target)} matches no linear layer; this model's end in ${lastNames(layers).join(", ")}, as in ${layers[0]?.name}`,
    );
  };
  if (typeof targets === "string") {
    const matches = stringMatcher(targets, where);
    const matched = layers.filter(({ name }) => matches(name));
    return matched.length > 0 ? matched : refuse(targets);
  }
  for (const target of targets) if (!layers.some(({ name }) => endsWith(name, target))) refuse(target);
  if (targets.length === 0) throw new PolicyError("bad-option", `${where}: no target is given; expected at least one, or "all-linear"`);
  return layers.filter(({ name }) => targets.some((target) => endsWith(name, target)));
}

/** The targets as other programs read them: `"all-linear"` spelled out. */
export function writtenTargets(targets: LoraTargets, layers: readonly LinearLayer[]): LoraTargets {
  return isAllLinear(targets) ? lastNames(layers) : targets;
}

/** Every matrix in a block is a linear layer's; the embeddings, which are matrices too, stand before the blocks, the output layer behind them. */
function linearLayers({ parameters, layerCount, linearLayout }: ModelArchitecture): LinearLayer[] {
  return parameters
    .filter(({ name, shape, layer }) => shape.length === 2 && name.endsWith(".weight") && layer >= 0 && layer < layerCount)
    .map(({ name, shape, layer }) => {
      const [rows, columns] = shape as readonly [number, number];
      const [inputSize, outputSize] = linearLayout === "input-output" ? [rows, columns] : [columns, rows];
      return { name: name.slice(0, -".weight".length), layer, inputSize, outputSize };
    });
}

function stringMatcher(targets: string, where: string): (name: string) => boolean {
  if (isAllLinear(targets)) return () => true;
  try {
    const whole = new RegExp(`^(?:${targets})$`, "u");
    return (name) => whole.test(name);
  } catch (cause) {
    throw new PolicyError(
      "bad-option",
      `${where}: ${JSON.stringify(targets)} is no regular expression here (${(cause as Error).message}): give a list of names instead`,
      { cause },
    );
  }
}

const isAllLinear = (targets: LoraTargets): boolean => typeof targets === "string" && targets.toLowerCase() === "all-linear";

const endsWith = (name: string, target: string): boolean => name === target || name.endsWith(`.${target}`);

const lastNames = (layers: readonly LinearLayer[]): string[] => [
  ...new Set(layers.map(({ name }) => name.slice(name.lastIndexOf(".") + 1))),
];
