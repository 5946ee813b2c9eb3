import type { ChatMessage, ChatTemplateOptions, Tokenizer } from "@cai/contracts";
import { RolloutError } from "./error.ts";

/** What a row of messages may hold beside them for its chat template. */
export type TemplateOptions = Pick<ChatTemplateOptions, "tools" | "documents" | "chatTemplateKwargs">;

/** Those of a row, without what else it may hold. */
export function templateOptionsOf({ tools, documents, chatTemplateKwargs }: TemplateOptions): TemplateOptions {
  return { ...(tools && { tools }), ...(documents && { documents }), ...(chatTemplateKwargs && { chatTemplateKwargs }) };
}

/** A prompt and what is to follow it: both text, or both messages of one conversation, which the chat template writes. */
export type PromptCompletion =
  | { readonly prompt: string; readonly completion: string }
  | ({ readonly prompt: readonly ChatMessage[]; readonly completion: readonly ChatMessage[] } & TemplateOptions);

/** A prompt with several things that may follow it: `chosen` and `rejected`, say. */
export type PromptCompletions =
  | { readonly prompt: string; readonly completions: readonly string[] }
  | ({ readonly prompt: readonly ChatMessage[]; readonly completions: readonly (readonly ChatMessage[])[] } & TemplateOptions);

/** The end of a prompt that reads differently before the completion, and so is no part of the row; empty as a rule. */
interface PromptEnd {
  /**
   * Tokens of the prompt alone that the prompt with its completion doesn't begin with: a token goes over the boundary, or the chat template
   * writes a prompt otherwise when it is answered. The completion begins where the two part.
   */
  readonly leftOut: Int32Array;
}

/** A row to learn from, as tokens. */
export interface CompletionTokens {
  readonly promptIds: Int32Array;
  readonly completionIds: Int32Array;
}

/**
 * A prompt and its completion as tokens, as TRL makes them. Text is tokenised in one piece, and the end of text is added unless it is there;
 * of messages the completion is what the chat template adds behind the prompt that asks for an answer, the end of its turn included.
 *
 * @throws RolloutError `invalid-completions` for something else than text or messages, or a completion that adds no token; the tokenizer's
 *   errors.
 * @example
 * const { promptIds, completionIds } = encodeCompletion({ prompt: "2 + 2 =", completion: " 4" }, policy.tokenizer);
 */
export function encodeCompletion(row: PromptCompletion, tokenizer: Tokenizer): CompletionTokens & PromptEnd {
  const { completion, ...rest } = row;
  const encoded = encodeCompletions({ ...rest, completions: [completion] } as PromptCompletions, tokenizer);
  return { promptIds: encoded.promptIds, completionIds: encoded.completionIds[0]!, leftOut: encoded.leftOut };
}

/** The same of several completions, which begin where the first of them parts from the prompt, so that all have one prompt. */
export function encodeCompletions(
  row: PromptCompletions,
  tokenizer: Tokenizer,
): { readonly promptIds: Int32Array; readonly completionIds: readonly Int32Array[] } & PromptEnd {
  const { alone, answered } = isText(row) ? encodeTexts(row, tokenizer) : encodeMessages(row, tokenizer);
  const shared = Math.min(...answered.map((ids) => commonPrefix(alone, ids)));
  if (answered.some(({ length }) => length === shared))
    throw new RolloutError("invalid-completions", "the completion has no tokens of its own behind the prompt; expected some text");
  return {
    promptIds: alone.slice(0, shared),
    completionIds: answered.map((ids) => ids.slice(shared)),
    leftOut: alone.slice(shared),
  };
}

/**
 * A row cut behind its first `maxLength` tokens, as TRL cuts; undefined where nothing of its completion is left.
 *
 * @example
 * cutCompletion({ promptIds: Int32Array.of(1, 2), completionIds: Int32Array.of(3, 4) }, 3); // completionIds: [3]
 */
export function cutCompletion({ promptIds, completionIds }: CompletionTokens, maxLength: number): CompletionTokens | undefined {
  const room = maxLength - promptIds.length;
  return room > 0 ? { promptIds, completionIds: completionIds.slice(0, room) } : undefined;
}

/** The prompt alone, and with each of the completions. */
interface Encoded {
  readonly alone: Int32Array;
  readonly answered: readonly Int32Array[];
}

type TextRow = Extract<PromptCompletions, { prompt: string }>;

function isText(row: PromptCompletions): row is TextRow {
  const { prompt, completions } = row;
  const all: readonly unknown[] = [prompt, ...completions];
  if (all.every((part) => typeof part === "string")) return true;
  if (all.every(Array.isArray)) return false;
  throw new RolloutError("invalid-completions", "a prompt and its completion must both be text, or both lists of messages");
}

function encodeTexts({ prompt, completions }: TextRow, tokenizer: Tokenizer): Encoded {
  return {
    alone: tokenizer.encode(prompt),
    answered: completions.map((completion) => withEndOfText(tokenizer.encode(prompt + completion), tokenizer)),
  };
}

/**
 * Ids that end with the end of text, once.
 *
 * @throws RolloutError `invalid-completions` for a tokenizer that has none.
 */
export function withEndOfText(ids: Int32Array, { eosTokenId }: Tokenizer): Int32Array {
  if (eosTokenId === undefined)
    throw new RolloutError("invalid-completions", "the tokenizer has no end of text to put behind it; name its eos_token");
  return ids.at(-1) === eosTokenId ? ids : Int32Array.from([...ids, eosTokenId]);
}

function encodeMessages({ prompt, completions, ...rest }: Exclude<PromptCompletions, TextRow>, tokenizer: Tokenizer): Encoded {
  const options = templateOptionsOf(rest);
  const encode = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) =>
    tokenizer.encode(tokenizer.applyChatTemplate(messages, { ...options, addGenerationPrompt }), { addSpecialTokens: false });
  return {
    alone: encode(prompt, true),
    answered: completions.map((completion) => encode([...prompt, ...completion], false)),
  };
}

/** How many ids the two have in common at their beginning. */
export function commonPrefix(one: Int32Array, other: Int32Array): number {
  const parted = one.findIndex((id, place) => id !== other[place]);
  return parted < 0 ? one.length : parted;
}
