import type { ChatMessage, Tokenizer } from "@cai/contracts";
import { commonPrefix, RolloutError, type TemplateOptions } from "@cai/rollouts";

/** A conversation as tokens, and which of them are the assistant's. */
export interface AssistantTokens {
  readonly ids: Int32Array;
  /** 1 for the tokens that the model has to write when it is asked for an answer: the content of a turn, and what ends it. */
  readonly isAssistant: Uint8Array;
}

/**
 * Finds the assistant's turns in a conversation by writing its beginnings: a turn reaches from where the template asks for the answer to where
 * the conversation that ends with it ends. A token that goes over such a boundary counts as the assistant's.
 *
 * @throws RolloutError `invalid-completions` for a template that writes the beginnings otherwise than the whole (one that takes out what the
 *   model thought in earlier turns, say), one that opens no answer and puts more than its content into a turn, and a conversation without an
 *   assistant; the tokenizer's error where the template refuses one of the beginnings.
 */
export function assistantTokens(
  messages: readonly ChatMessage[],
  tokenizer: Pick<Tokenizer, "encode" | "applyChatTemplate">,
  options: TemplateOptions = {},
): AssistantTokens {
  const write = (count: number, addGenerationPrompt: boolean) =>
    tokenizer.applyChatTemplate(messages.slice(0, count), { ...options, addGenerationPrompt });
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
  const whole = write(messages.length, false);
  const ids = encode(whole);
  const isAssistant = new Uint8Array(ids.length);
  for (const [index, message] of messages.entries()) {
    if (message.role !== "assistant") continue;
    const refuse = refusalAt(index, messages.length);
    const before = write(index, true);
    const after = write(index + 1, false);
    if (!after.startsWith(before)) refuse("the text that asks for it is not the beginning of the one that holds it");
    if (!whole.startsWith(after)) refuse("it is written otherwise where the conversation goes on");
    if (before === write(index, false) && !beginsWithContent(after.slice(before.length), message))
      refuse(
        "the template opens no answer (add_generation_prompt changes nothing), so what it puts before the content can't be told from it",
      );
    const [first, tokensBefore] = boundary(ids, encode(before), refuse);
    const [, end] = boundary(ids, encode(after), refuse);
    isAssistant.fill(1, Math.min(first, tokensBefore), end);
  }
  if (!isAssistant.includes(1))
    throw new RolloutError("invalid-completions", "the conversation has no turn of the assistant, and only those are to be learned");
  return { ids, isAssistant };
}

function refusalAt(index: number, count: number): (why: string) => never {
  return (why) => {
    throw new RolloutError(
      "invalid-completions",
      `the chat template doesn't tell which tokens are the assistant's in message ${index + 1} of ${count}: ${why}; ` +
        "give such turns as a prompt and its completion, or learn from whole conversations (assistantOnlyLoss: false)",
    );
  };
}

function beginsWithContent(written: string, { content }: ChatMessage): boolean {
  return typeof content === "string" && content.trim() !== "" && written.trimStart().startsWith(content.trim());
}

/** The common beginning of the two, and the length of the part; the last token of a part may be another one in the whole. */
function boundary(whole: Int32Array, part: Int32Array, refuse: (why: string) => never): readonly [common: number, length: number] {
  const common = commonPrefix(part, whole);
  if (common < part.length - 1) refuse("its tokens are others when the conversation goes on");
  return [common, part.length];
}
