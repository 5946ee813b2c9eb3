import type { JsonObject } from "./files.ts";

const roles = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token"] as const;

/** Special tokens by their role, as text. */
export type SpecialTokens = { readonly [Role in (typeof roles)[number]]?: string };

/**
 * Special tokens of tokenizer_config.json; those that it leaves out or null, of special_tokens_map.json (its older place).
 * A token is a string or an object with `content`.
 */
export function readSpecialTokens({ config, map }: { readonly config: JsonObject; readonly map: JsonObject }): SpecialTokens {
  const tokens: { [role: string]: string } = {};
  for (const role of roles) {
    const token = contentOf(config[role]) ?? contentOf(map[role]);
    if (token !== undefined) tokens[role] = token;
  }
  return tokens;
}

/**
 * The original GPT-2 repositories name no special token, because their tokenizer's class does: `<|endoftext|>`, where the vocabulary
 * has it, begins and ends their texts. Tokens that were named are returned as they are.
 */
export function withClassDefaults(
  named: SpecialTokens,
  { config, hasToken }: { readonly config: JsonObject; readonly hasToken: (token: string) => boolean },
): SpecialTokens {
  const className = config.tokenizer_class ?? "GPT2Tokenizer";
  const isGpt2 = typeof className === "string" && className.startsWith("GPT2Tokenizer");
  if (Object.keys(named).length > 0 || !isGpt2 || !hasToken("<|endoftext|>")) return named;
  return { bos_token: "<|endoftext|>", eos_token: "<|endoftext|>", unk_token: "<|endoftext|>" };
}

function contentOf(token: unknown): string | undefined {
  if (typeof token === "string") return token;
  const content = (token as JsonObject | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}
