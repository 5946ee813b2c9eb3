import type { Pack } from "./prepare-examples.ts";
import type { SftParts } from "./sft-options.ts";

/** A step's examples for a look, a plain object each: the text, its tokens, which of them are learned, and the pack that it stands in. */
export function packRows(packs: readonly Pack[], { policy: { tokenizer } }: SftParts): object[] {
  return packs.flatMap((examples, pack) => examples.map(({ ids, counted }) => ({ pack, text: tokenizer.decode(ids), ids, counted })));
}
