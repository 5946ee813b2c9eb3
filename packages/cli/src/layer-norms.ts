import type { LayerNorm } from "@cai/dashboard";
import type { ParameterNorm } from "@cai/training";

/** The gradients of a model's parts, from the embedding up, of those of its parameters. */
export function layerNorms(norms: readonly ParameterNorm[]): LayerNorm[] {
  const squares = new Map<string, LayerNorm & { readonly place: number }>();
  for (const parameter of norms) {
    const { layer, place } = partOf(parameter);
    const before = squares.get(layer)?.norm ?? 0;
    squares.set(layer, { layer, place, norm: before + parameter.norm ** 2, optimizer: parameter.optimizer });
  }
  return [...squares.values()]
    .sort((a, b) => a.place - b.place)
    .map(({ layer, norm, optimizer }) => ({ layer, norm: Math.sqrt(norm), optimizer }));
}

/** Above the last block stand a norm and, where it is none of the embedding's, an output matrix. */
function partOf({ name, layer }: ParameterNorm): { readonly layer: string; readonly place: number } {
  if (name.startsWith("value.")) return { layer: "value model", place: Number.MAX_VALUE };
  if (layer === Number.POSITIVE_INFINITY) return { layer: "value head", place: layer };
  if (layer < 0) return { layer: "embedding", place: layer };
  if (name.startsWith("lm_head")) return { layer: "head", place: layer + 0.5 };
  return /^(model|transformer)\.(norm|ln_f)\b/.test(name)
    ? { layer: "final norm", place: layer }
    : { layer: `block ${layer}`, place: layer };
}
