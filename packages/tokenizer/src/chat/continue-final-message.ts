import { strip } from "./jinja/text.ts";
import { reasoningFields, refused } from "./messages.ts";

/** A last message that is to be gone on with. */
export interface OpenMessage {
  /** All messages, with a mark behind the text to be continued. */
  readonly messages: readonly Record<string, unknown>[];
  /** The rendered conversation up to the mark. */
  readonly cut: (rendered: string) => string;
}

/** As in `transformers`: its trailing space tells whether the template keeps the message's white space. */
const mark = "CONTINUE_FINAL_MESSAGE_TAG ";
const trimmedMark = mark.trimEnd();

/**
 * Marks the end of a field of the last message, so that what the template writes behind it can be cut off: its end of turn, say.
 *
 * @throws TokenizerError `chat-template-failed` where there is nothing to continue, or the template doesn't write it
 */
export function openFinalMessage(messages: readonly Record<string, unknown>[], field: string, template: string): OpenMessage {
  const last = messages.at(-1)!;
  const content = last[field];
  if (content === undefined || content === null) throw refused(`the last message has no "${field}" to be continued`);
  // Reasoning goes under several names: whichever one the template reads is marked.
  const fields = reasoningFields.includes(field) ? reasoningFields.filter((name) => last[name] === content) : [field];
  if (!fields.some((name) => template.includes(name))) {
    throw refused(`the chat template doesn't write "${field}", so that a message can't be continued with it`);
  }
  const { text, marked } = typeof content === "string" ? { text: content, marked: content + mark } : markParts(content);
  const changed = { ...last, ...Object.fromEntries(fields.map((name) => [name, marked])) };
  return { messages: [...messages.slice(0, -1), changed], cut: (rendered) => cutAtMark(rendered, text) };
}

function markParts(content: unknown): { readonly text: string; readonly marked: unknown } {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const index = parts.findLastIndex((part) => typeof part === "object" && part !== null && Object.hasOwn(part, "text"));
  const part = parts[index] as { readonly text: unknown } | undefined;
  if (typeof part?.text !== "string") throw refused("the last message has no text to be continued");
  return { text: part.text, marked: parts.with(index, { ...part, text: part.text + mark }) };
}

function cutAtMark(rendered: string, text: string): string {
  const end = rendered.lastIndexOf(trimmedMark);
  if (end < 0 || !rendered.includes(strip(text, null))) {
    throw refused("the chat template doesn't write the last message as it stands, so that it can't be continued");
  }
  const kept = rendered.slice(0, end);
  return rendered.startsWith(mark, end) ? kept : strip(kept, null, "right");
}
