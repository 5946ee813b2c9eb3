import { createHash } from "node:crypto";
import type { TrainablePolicy } from "@cai/contracts";
import { describeLeftOut, encodeRows, RolloutError, refuseUnreadable } from "@cai/rollouts";
import { encodeExample, type LabelledTokens, type SftExample } from "./encode-example.ts";
import { packExamples } from "./pack-examples.ts";
import type { SftSettings } from "./sft-options.ts";

/** Examples that stand in the data as one: several with packing, otherwise one. They don't see each other. */
export type Pack = readonly LabelledTokens[];

/**
 * Brings the data into the form that steps take: tokens with their labels, cut to `maxLength`, packed.
 *
 * @param notice is told of rows that were cut or left out, and of prompts that read differently before their completions.
 * @throws RolloutError `invalid-completions` for a row that can't be learned from, by its number, and for no rows.
 */
export function prepareExamples(
  examples: readonly SftExample[],
  { tokenizer, vocabSize, contextLength }: Pick<TrainablePolicy<never>, "tokenizer" | "vocabSize" | "contextLength">,
  options: SftSettings,
  notice: (message: string) => void,
): Pack[] {
  const { maxLength, packing } = options;
  const cut = (row: LabelledTokens) => (maxLength > 0 && row.ids.length > maxLength ? cutBehind(row, maxLength) : row);
  const rows = encodeRows(examples, (example) => {
    const row = encodeExample(example, tokenizer, options);
    const kept = cut(row);
    refuseUnreadable(kept.ids, { vocabSize, contextLength });
    return { ...row, kept };
  });
  const readable = rows.map(({ kept }) => kept).filter(({ counted }) => counted.includes(1));
  const leftOut = describeLeftOut(
    rows.map((row) => row.leftOut),
    tokenizer,
  );
  if (leftOut !== undefined) notice(leftOut);
  const cutRows = rows.filter(({ ids, kept }) => kept.ids.length < ids.length).length;
  if (cutRows > 0)
    notice(
      `${cutRows} of ${rows.length} examples are longer than maxLength ${maxLength} and were cut; ` +
        `${rows.length - readable.length} of them have nothing left to learn and were left out`,
    );
  if (readable.length === 0)
    throw new RolloutError("invalid-completions", `maxLength ${maxLength} leaves nothing to learn of any row; raise it`);
  if (!packing) return readable.map((row) => [row]);
  const lengths = readable.map(({ ids }) => ids.length);
  return packExamples(lengths, maxLength || contextLength).map((places) => places.map((place) => readable[place]!));
}

function cutBehind({ ids, counted }: LabelledTokens, maxLength: number): LabelledTokens {
  return { ids: ids.slice(0, maxLength), counted: counted.slice(0, maxLength) };
}

/** SHA-256 of the data as they are learned from, in their order: a resumed run must see the same. */
export function digestPacks(packs: readonly Pack[]): string {
  const hash = createHash("sha256");
  for (const pack of packs) {
    for (const { ids, counted } of pack) hash.update(`${ids.join(" ")} ${counted.join("")};`);
    hash.update("\n");
  }
  return hash.digest("hex");
}
