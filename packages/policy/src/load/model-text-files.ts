import type { PolicyParts } from "../policy.ts";

/**
 * The text files of a folder in Hugging Face layout, by name: `config.json` as given, `generation_config.json` as it was loaded or else the
 * ends of text, and the tokenizer's files.
 *
 * @example
 * modelTextFiles(policy.parts, policy.parts.config).get("generation_config.json");
 */
export function modelTextFiles(
  {
    config: { bos_token_id },
    generationConfig,
    eosTokenIds,
    tokenizer,
  }: Pick<PolicyParts, "config" | "generationConfig" | "eosTokenIds" | "tokenizer">,
  config: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
  const eosTokenId = eosTokenIds.length === 1 ? eosTokenIds[0] : eosTokenIds;
  return new Map([
    ["config.json", jsonText(config)],
    ["generation_config.json", generationConfig ?? jsonText({ bos_token_id, eos_token_id: eosTokenId })],
    ...(tokenizer.files ?? []),
  ]);
}

function jsonText(json: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
