import type { Tokenizer } from "@cai/contracts";
import { PolicyError } from "../error.ts";

/** A model may have more rows than its tokenizer has ids (padded vocabularies), never fewer. */
export function checkTokenizer(tokenizer: Tokenizer, vocabSize: number, where: string): void {
  if (tokenizer.vocabSize <= vocabSize) return;
  const message = `${where}: the tokenizer has ${tokenizer.vocabSize} ids, the model's vocab_size is ${vocabSize}: use the model's own tokenizer`;
  throw new PolicyError("bad-config", message);
}
