import { CaiError, type ChatMessage, type ChatTemplateOptions, type TokenBatch, type Tokenizer } from "@cai/contracts";
import { sha256 } from "@cai/whole-file/system";
import { RolloutError } from "./error.ts";

/**
 * A conversation for the policy's chat template. The policy answers it; one that ends with the assistant's turn is gone on with, as in
 * TRL: its last message is the beginning of the answer.
 */
export interface Conversation extends Pick<ChatTemplateOptions, "tools" | "documents" | "chatTemplateKwargs"> {
  readonly messages: readonly ChatMessage[];
}

/** A prompt as text, as a conversation, or as token ids where the caller has them. */
export type Prompt = string | Int32Array | Conversation;

/** A prompt with what rewards are to know beside it: `{ prompt: "2 + 2 =", columns: { expected: "4" } }`. */
export interface PromptTask {
  readonly prompt: Prompt;
  /** As plain data. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/** A prompt as the trainer keeps it: the text for the reward model, the ids for the policy. */
export interface TokenizedPrompt {
  readonly text: string;
  readonly ids: Int32Array;
  /** What else its row holds, for rewards. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/**
 * The ids of a prompt. A chat template writes the special tokens itself.
 *
 * @throws the tokenizer's error where the template refuses the conversation, or there is none
 */
export function encodePrompt(prompt: Prompt, tokenizer: Tokenizer): Int32Array {
  if (typeof prompt === "string") return tokenizer.encode(prompt);
  if (prompt instanceof Int32Array) return prompt;
  const { messages, ...options } = prompt;
  const isBegun = messages.at(-1)?.role === "assistant";
  const text = tokenizer.applyChatTemplate(messages, { ...options, addGenerationPrompt: !isBegun, continueFinalMessage: isBegun });
  return tokenizer.encode(text, { addSpecialTokens: false });
}

/**
 * Tokenises the prompts of a run, once, and refuses what the model cannot take.
 *
 * @throws RolloutError `invalid-prompts`: no prompts, an empty one, ids outside the vocabulary, or a prompt that leaves no room
 *   for `maxNewTokens` in the context; a conversation that the chat template refuses.
 */
export function tokenizePrompts(
  prompts: readonly (Prompt | PromptTask)[],
  model: { readonly tokenizer: Tokenizer; readonly vocabSize: number; readonly contextLength: number },
  maxNewTokens: number,
): TokenizedPrompt[] {
  if (prompts.length === 0) throw new RolloutError("invalid-prompts", "the list of prompts is empty; expected at least one");
  return prompts.map((given, index) => {
    const { prompt, columns } = isTask(given) ? given : { prompt: given };
    const refuse = (what: string, cause?: unknown): never => {
      throw new RolloutError("invalid-prompts", `prompt ${index + 1} of ${prompts.length} ${what}`, { cause });
    };
    const ids = encodeOrRefuse(prompt, model.tokenizer, refuse);
    const unknown = ids.find((id) => id < 0 || id >= model.vocabSize);
    if (unknown !== undefined) refuse(`holds the token id ${unknown}, outside the policy's vocabulary of ${model.vocabSize}`);
    const unfit = describeUnfitPrompt(ids, { contextLength: model.contextLength, maxNewTokens });
    if (unfit !== undefined) refuse(unfit);
    return { text: typeof prompt === "string" ? prompt : model.tokenizer.decode(ids), ids, ...(columns && { columns }) };
  });
}

const isTask = (given: Prompt | PromptTask): given is PromptTask => typeof given === "object" && given !== null && "prompt" in given;

/**
 * Why a policy can't answer a prompt of such ids with so many tokens, to be read behind the prompt's name; undefined where it can.
 *
 * @example
 * describeUnfitPrompt(Int32Array.of(5, 6, 7), { contextLength: 4, maxNewTokens: 1 }); // undefined
 */
export function describeUnfitPrompt(
  { length }: Int32Array,
  { contextLength, maxNewTokens }: { readonly contextLength: number; readonly maxNewTokens: number },
): string | undefined {
  if (length === 0) return "has no tokens: expected some text";
  if (length + maxNewTokens <= contextLength) return undefined;
  const excess = `has ${length} tokens, which with ${maxNewTokens} new ones exceed the policy's context of ${contextLength}`;
  return `${excess}: shorten it, or lower the option maxNewTokens`;
}

function encodeOrRefuse(prompt: Prompt, tokenizer: Tokenizer, refuse: (what: string, cause?: unknown) => never): Int32Array {
  const isKnown = typeof prompt === "string" || prompt instanceof Int32Array || Array.isArray((prompt as Conversation | null)?.messages);
  if (!isKnown) return refuse("is neither text, token ids (an Int32Array) nor a conversation ({ messages })");
  try {
    return encodePrompt(prompt, tokenizer);
  } catch (cause) {
    if (!CaiError.isInstance(cause)) throw cause;
    return refuse(`can't be written by the chat template: ${cause.message}`, cause);
  }
}

/**
 * Rows of ids, one or more, as one batch `[B, P]`, padded on the left to the longest of them; the padding id is 0 and masked.
 *
 * @example
 * const { responses } = await policy.generate(leftPad(["Once upon", "It was"].map((text) => policy.tokenizer.encode(text))), sampling);
 */
export function leftPad(rows: readonly Int32Array[]): TokenBatch {
  const columns = Math.max(...rows.map(({ length }) => length));
  const ids = new Int32Array(rows.length * columns);
  const mask = new Uint8Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    const end = (index + 1) * columns;
    ids.set(row, end - row.length);
    mask.fill(1, end - row.length, end);
  }
  return { ids, mask, shape: [rows.length, columns] };
}

/** SHA-256 of the prompts' ids in their order, and of their columns: a resumed run must see the same data. */
export function digestPrompts(prompts: readonly TokenizedPrompt[]): string {
  const hash = sha256();
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
  for (const { ids, columns } of prompts) hash.update(`${ids.join(" ")}${columns ? ` ${JSON.stringify(columns, plain)}` : ""}\n`);
  return hash.digest();
}
