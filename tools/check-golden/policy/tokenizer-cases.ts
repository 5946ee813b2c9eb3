import type { Tokenizer } from "@cai/contracts";
import type { NamedCheck } from "../case.ts";
import { type Comparison, compareNumbers, compareTexts, exact } from "../compare.ts";
import type { DecodedIds, ExpectedPolicy } from "./expected.ts";

/** Text to ids, and ids to text with special tokens and without. */
export function tokenizerCases(
  { tokenizer }: { readonly tokenizer: Tokenizer },
  { tokenizer: { encode, decodeOnly } }: ExpectedPolicy,
): NamedCheck[] {
  return [
    ...encode.map((one) => ({
      name: `tokenizer.encode ${shortened(JSON.stringify(one.text))}`,
      compute: () => [compareNumbers("ids", tokenizer.encode(one.text), one.ids, exact), ...compareDecoded(tokenizer, one)],
    })),
    ...decodeOnly.map((one) => ({
      name: `tokenizer.decode ${shortened(JSON.stringify(one.ids))}`,
      compute: () => compareDecoded(tokenizer, one),
    })),
  ];
}

function compareDecoded(tokenizer: Tokenizer, { ids, decoded, decodedSkipSpecial }: DecodedIds): Comparison[] {
  return [
    compareTexts("decoded", tokenizer.decode(ids), decoded),
    compareTexts("decoded without special tokens", tokenizer.decode(ids, { skipSpecialTokens: true }), decodedSkipSpecial),
  ];
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= 40 ? text : `${characters.slice(0, 39).join("")}…`;
}
