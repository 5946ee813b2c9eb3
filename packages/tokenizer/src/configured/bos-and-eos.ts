import type { JsonObject } from "../files.ts";
import type { SpecialTokens } from "../special-tokens.ts";
import { readTokenizerClass } from "./tokenizer-class.ts";

/**
 * The post-processor with which transformers answers `add_bos_token` or `add_eos_token` in tokenizer_config.json: it takes the place of
 * tokenizer.json's, unless the class has special tokens of its own. A token that isn't named is not added.
 *
 * @param idOf the id of a token, undefined where the vocabulary lacks it
 */
export function configuredPostProcessor(
  postProcessor: unknown,
  { config, named, idOf }: { readonly config: JsonObject; readonly named: SpecialTokens; readonly idOf: (token: string) => number | undefined },
): unknown {
  const isAsked = "add_bos_token" in config || "add_eos_token" in config;
  if (!isAsked || readTokenizerClass(config).hasOwnSpecialTokens) return postProcessor;
  const wanted = (isWanted: unknown, token: string | undefined) => (isWanted === true && token !== undefined ? [token] : []);
  const before = wanted(config.add_bos_token, named.bos_token);
  const after = wanted(config.add_eos_token, named.eos_token);
  const tokens = [...before, ...after];
  if (tokens.some((token) => idOf(token) === undefined)) return postProcessor; // refused by the tokenizer, which names the token
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const text = (id: string) => [...before.map(special), { Sequence: { id, type_id: 0 } }, ...after.map(special)];
  return {
    type: "TemplateProcessing",
    single: text("A"),
    pair: [...text("A"), ...text("B")],
    special_tokens: Object.fromEntries(tokens.map((token) => [token, { id: token, ids: [idOf(token)], tokens: [token] }])),
  };
}
