import type { Tokenizer } from "@cai/contracts";
import { PolicyError } from "../error.ts";

/**
 * The ids that end a text: `eos_token_id` (a number or a list) of the generation configuration, else of the model's, else the
 * tokenizer's own. Throws PolicyError for ids outside of the vocabulary; `where` is named in the message.
 */
export function eosTokenIdsOf({
  generationConfig,
  config,
  tokenizer,
  vocabSize,
  where,
}: {
  readonly generationConfig: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer: Tokenizer;
  readonly vocabSize: number;
  readonly where: string;
}): readonly number[] {
  const given = generationConfig.eos_token_id ?? config.eos_token_id ?? tokenizer.eosTokenId ?? [];
  const ids: unknown[] = Array.isArray(given) ? given : [given];
  for (const id of ids) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= vocabSize)
      throw new PolicyError("bad-config", `${where}: eos_token_id is ${JSON.stringify(given)}, expected ids within 0 … ${vocabSize - 1}`);
  }
  return ids as number[];
}
