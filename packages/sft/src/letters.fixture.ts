import type { ChatMessage, ChatTemplateOptions } from "@cai/contracts";

const special: Readonly<Record<string, number>> = { ".": 0, "<": 27, ">": 28, ab: 29 };

/**
 * Letters are a token each, and so is "ab"; 0 ends a text, written "."; a chat is written as "<u>hi.<a>yo." with the first letters of the
 * roles.
 */
export const letters = {
  vocabSize: 30,
  eosTokenId: 0,
  bosTokenId: undefined,
  padTokenId: undefined,
  encode: (text: string): Int32Array => Int32Array.from(text.match(/ab|./gs) ?? [], (token) => special[token] ?? token.charCodeAt(0) - 96),
  decode: (ids: ArrayLike<number>): string =>
    Array.from(ids, (id) => Object.keys(special).find((token) => special[token] === id) ?? String.fromCharCode(id + 96)).join(""),
  applyChatTemplate: (messages: readonly ChatMessage[], { addGenerationPrompt = false }: ChatTemplateOptions = {}): string =>
    messages.map(({ role, content }) => `<${role[0]}>${content}.`).join("") + (addGenerationPrompt ? "<a>" : ""),
};

/** "user: hi" as a message. */
export function turns(...lines: readonly string[]): { readonly role: string; readonly content: string }[] {
  return lines.map((line) => {
    const [role, content] = line.split(": ");
    return { role: role!, content: content! };
  });
}

/** The tokens that are marked, as text. */
export function marked(ids: Int32Array, mask: Uint8Array): string {
  return letters.decode(ids.map((id, place) => (mask[place] === 1 ? id : -1)).filter((id) => id >= 0));
}
