import { PolicyError } from "../error.ts";
import type { ModelArchitecture } from "../families/family.ts";
import { matchPatterns, matchWhole } from "./match-patterns.ts";

/**
 * Which linear layers get an adapter, as PEFT's `target_modules`: `"all-linear"` for all of them; a list of names or of what names end in
 * (`["q_proj", "v_proj"]`); or a regular expression (Python's) that the whole name matches. The output layer and embeddings can't be adapted.
 */
export type LoraTargets = string | readonly string[];

/** The layers that get an adapter, in PEFT's terms. */
export interface LayerSelection {
  readonly targets: LoraTargets;
  /** Layers that get none all the same: names, what names end in, or a regular expression. */
  readonly excludeModules?: LoraTargets;
  /** Blocks, counted from 0; of a list's targets those that are not a whole name are looked for there only. */
  readonly layersToTransform?: readonly number[];
  /** What the number of a block stands behind in a name: regular expressions; left out or empty: any one part of a name. */
  readonly layersPattern?: readonly string[];
  /** Modules that are replaced as a whole and get no adapter; see `savedWeights`. */
  readonly modulesToSave?: readonly string[];
}

/** A linear layer of a block, whose weight is `<name>.weight`. */
export interface LinearLayer {
  readonly name: string;
  /** 0 … L−1. */
  readonly layer: number;
  readonly inputSize: number;
  readonly outputSize: number;
}

/**
 * The layers that a selection names, in the model's order. Throws PolicyError `bad-option` where a target names none; `where` begins the message.
 *
 * @param asPeft how PEFT reads a selection from a file: names that the model does not have at all are passed over, as long as others match; but a
 * regular expression that matches an embedding or the output layer is refused, because the adapter then has a part that is not supported.
 */
export function targetLayers(
  architecture: ModelArchitecture,
  selection: LayerSelection,
  where: string,
  { asPeft = false }: { readonly asPeft?: boolean } = {},
): LinearLayer[] {
  const layers = linearLayers(architecture);
  const names = layers.map(({ name }) => name);
  const others = otherModules(architecture, new Set(names), selection, where);
  const refuse = (target: LoraTargets) => {
    throw new PolicyError(
      "bad-option",
      `${where}: ${JSON.stringify(target)} matches no linear layer; this model's end in ${lastNames(layers).join(", ")}, as in ${names[0]}`,
    );
  };
  const { targets } = selection;
  if (targets.length === 0) throw new PolicyError("bad-option", `${where}: no target is given; expected at least one, or "all-linear"`);
  if (typeof targets !== "string")
    for (const target of targets) {
      const isNamed = (name: string) => endsWith(name, target);
      if (!names.some(isNamed) && (!asPeft || others.some(({ name }) => isNamed(name)))) refuse(target);
    }
  else if (asPeft && !isAllLinear(targets)) {
    const tables = others.filter(({ isTable }) => isTable).map(({ name }) => name);
    const table = tables[matchWhole(targets, tables, where).indexOf(true)];
    if (table !== undefined)
      throw new PolicyError(
        "bad-option",
        `${where}: ${JSON.stringify(targets)} matches ${table}: adapters of embeddings and of the output layer are not supported`,
      );
  }
  const isTarget = targetMatcher(selection, names, where);
  const isExcluded = exclusion(selection, names, where);
  const matched = layers.filter((_, index) => isTarget[index] && !isExcluded[index]);
  return matched.length > 0 ? matched : refuse(targets);
}

/** The targets as other programs read them: those that are no list as the names, or the ends of names, that they stand for. */
export function writtenTargets(targets: LoraTargets, layers: readonly LinearLayer[]): readonly string[] {
  if (typeof targets !== "string") return targets;
  return isAllLinear(targets) ? lastNames(layers) : layers.map(({ name }) => name);
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

/** Modules with weights that are no linear layers of a block and not excluded; the output layer is one also where it is tied. */
function otherModules(
  { parameters }: ModelArchitecture,
  linear: ReadonlySet<string>,
  selection: LayerSelection,
  where: string,
): readonly { readonly name: string; readonly isTable: boolean }[] {
  const weights = parameters.filter(({ name }) => name.endsWith(".weight"));
  const modules = weights.map(({ name, shape }) => ({ name: name.slice(0, -".weight".length), isTable: shape.length === 2 }));
  const others = [...modules.filter(({ name }) => !linear.has(name) && name !== "lm_head"), { name: "lm_head", isTable: true }];
  const isExcluded = exclusion(
    selection,
    others.map(({ name }) => name),
    where,
  );
  return others.filter((_, index) => !isExcluded[index]);
}

function targetMatcher(
  { targets, layersToTransform, layersPattern }: LayerSelection,
  names: readonly string[],
  where: string,
): readonly boolean[] {
  if (typeof targets === "string") return isAllLinear(targets) ? names.map(() => true) : matchWhole(targets, names, where);
  const blocks = layersToTransform && blockNumbers(names, layersPattern ?? [], where);
  return names.map((name, index) => {
    if (targets.includes(name)) return true;
    const isInBlock = layersToTransform === undefined || layersToTransform.includes(blocks![index]!);
    return isInBlock && targets.some((target) => endsWith(name, target));
  });
}

/** The number of each layer's block by the first pattern that finds one; NaN where none does. */
function blockNumbers(names: readonly string[], layersPattern: readonly string[], where: string): readonly number[] {
  const patterns =
    layersPattern.length === 0
      ? [".*?\\.[^.]*\\.(?P<idx>\\d+)\\."]
      : layersPattern.map((pattern) => `(?:^|.*?\\.)${pattern}\\.(?P<idx>\\d+)\\.`);
  const found = matchPatterns(patterns, names, where);
  return names.map((_, index) => {
    const match = found.find((matches) => matches[index] !== undefined)?.[index];
    return match === undefined ? Number.NaN : Number(match.idx);
  });
}

function exclusion(
  { excludeModules = [], modulesToSave = [] }: LayerSelection,
  names: readonly string[],
  where: string,
): readonly boolean[] {
  const excluded =
    typeof excludeModules === "string"
      ? matchWhole(excludeModules, names, where)
      : names.map((name) => excludeModules.some((one) => endsWith(name, one)));
  const saved = matchPatterns(
    modulesToSave.map((module) => `(^|.*\\.)${module}($|\\..*)`),
    names,
    where,
  );
  return names.map((_, index) => excluded[index]! || saved.some((matches) => matches[index] !== undefined));
}

const isAllLinear = (targets: LoraTargets): boolean => typeof targets === "string" && targets.toLowerCase() === "all-linear";

const endsWith = (name: string, target: string): boolean => name === target || name.endsWith(`.${target}`);

const lastNames = (layers: readonly LinearLayer[]): string[] => [
  ...new Set(layers.map(({ name }) => name.slice(name.lastIndexOf(".") + 1))),
];
