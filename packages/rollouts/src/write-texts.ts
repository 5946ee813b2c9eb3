import { type DrawnToken, type FinishReason, type Generator, type Tokenizer, validRows } from "@cai/contracts";
import { leftPad } from "./prompt-tokens.ts";
import type { RolloutSampling } from "./rollout.ts";
import { refuseStopTexts } from "./stop-texts.ts";
import { TextBeforeStop } from "./text-before-stop.ts";
import { TextPieces } from "./text-pieces.ts";
import { TrimmedText } from "./trimmed-text.ts";

/** How texts are written for somebody who reads them. */
export interface WritingOptions extends Omit<RolloutSampling, "minNewTokens" | "recordKeptTokens" | "onToken"> {
  /** Leaves out the white space before and behind a text. Default: false. */
  readonly trim?: boolean;
  /**
   * Hears what is added to the text of a row (from 0), as soon as it is certain: whole characters, and nothing that may turn out to be a stop text.
   * What it throws, `writeTexts` rejects with.
   */
  readonly onText?: (row: number, text: string) => void;
}

/** A text that was written. */
export interface WrittenText {
  /** The tokens that were drawn, the one that ended the text among them. */
  readonly ids: Int32Array;
  /** Behind the prompt: without special tokens, up to a stop text. */
  readonly text: string;
  readonly finishReason: FinishReason;
}

/**
 * Goes on with prompts, a row each, and tells the texts while they are written. The engine stops with the token that completes a stop text. All texts
 * come from the same pieces that `onText` is told, and are written as they stand behind their prompts: `rollOut` decodes responses by themselves, which
 * leaves out the space before a first word in tokenizers that mark words by it.
 *
 * @param prompts `[rows]`, one at least, of one token at least each
 * @throws TrainingError `invalid-option` for a stop text that can't be found; what the generator throws
 * @example
 * const pieces: string[] = [];
 * const onText = (row: number, text: string) => void pieces.push(text);
 * const [written] = await writeTexts(policy, tokenizer, [tokenizer.encode("Once upon")], { ...sampling, onText });
 * written!.text === pieces.join(""); // true
 */
export async function writeTexts(
  generator: Generator,
  tokenizer: Tokenizer,
  prompts: readonly Int32Array[],
  { stopTexts = [], trim = false, onText, ...sampling }: WritingOptions,
): Promise<WrittenText[]> {
  refuseStopTexts(stopTexts, tokenizer);
  const rows = prompts.map((before) => ({
    pieces: new TextPieces(tokenizer, { before, skipSpecialTokens: true }),
    shown: new TextBeforeStop(stopTexts),
    trimmed: trim ? new TrimmedText() : undefined,
    text: "",
  }));
  const onToken = ({ row, id, finishReason }: DrawnToken): boolean => {
    const { pieces, shown, trimmed } = rows[row]!;
    const isText = finishReason === undefined || finishReason === "length";
    let text = shown.add((isText ? pieces.add(id) : "") + (finishReason === undefined ? "" : pieces.end()));
    if (finishReason !== undefined) text += shown.end();
    text = trimmed?.add(text) ?? text;
    rows[row]!.text += text;
    if (text !== "") onText?.(row, text);
    return shown.isStopped;
  };
  const { responses, finishReasons } = await generator.generate(leftPad(prompts), { ...sampling, onToken });
  const ids = validRows(responses.ids, responses.mask, responses.shape);
  return rows.map(({ text }, row) => ({ ids: ids[row]!, text, finishReason: finishReasons[row]! }));
}
