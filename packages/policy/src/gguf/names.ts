import { PolicyError } from "../error.ts";
import type { GgufFormat } from "./format.ts";

/**
 * The name that a GGUF file has for a parameter: `model.layers.0.self_attn.q_proj.weight` is `blk.0.attn_q.weight`. Throws PolicyError for
 * a parameter that the format has no name for.
 */
export function ggufTensorName(parameterName: string, { names }: GgufFormat): string {
  const [, module = "", kind] = /^(.+)\.(weight|bias)$/.exec(parameterName) ?? [];
  const [block] = /(?<=\.)\d+(?=\.)/.exec(module) ?? [];
  const name = names[block === undefined ? module : module.replace(`.${block}.`, ".*.")];
  if (name === undefined) throw new PolicyError("unsupported-config", `GGUF files have no name for the weight "${parameterName}"`);
  return `${name.replace("*", block ?? "")}.${kind}`;
}
