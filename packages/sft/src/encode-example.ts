import type { ChatMessage, Tokenizer } from "@cai/contracts";
import {
  type CompletionTokens,
  encodeCompletion,
  type PromptCompletion,
  RolloutError,
  type TemplateOptions,
  templateOptionsOf,
  withEndOfText,
} from "@cai/rollouts";
import { assistantTokens } from "./assistant-tokens.ts";
import type { SftSettings } from "./sft-options.ts";

/**
 * One example to learn from: a text; a prompt and its completion, both text or both messages; a conversation; or tokens, where the caller has
 * them (responses that were drawn, say), which are taken as they are. What else it holds is not looked at.
 */
export type SftExample =
  | { readonly text: string }
  | PromptCompletion
  | ({ readonly messages: readonly ChatMessage[] } & TemplateOptions)
  | CompletionTokens;

/** An example as tokens, and which of them are to be learned. */
export interface LabelledTokens {
  readonly ids: Int32Array;
  /** 1: the token counts in the loss. Never the first one, which nothing predicts. */
  readonly counted: Uint8Array;
}

/**
 * An example as tokens with their labels, as TRL makes them: text gets an end of text, messages what their template writes.
 *
 * @returns with `leftOut`, the end of a prompt that reads differently before its completion.
 * @throws RolloutError `invalid-completions` for an example in no known form, or with nothing to learn; the tokenizer's errors.
 * @example
 * const { ids, counted } = encodeExample({ prompt: "2 + 2 =", completion: " 4" }, tokenizer, { completionOnlyLoss: true, assistantOnlyLoss: false });
 */
export function encodeExample(
  example: SftExample,
  tokenizer: Tokenizer,
  { completionOnlyLoss, assistantOnlyLoss }: Pick<SftSettings, "completionOnlyLoss" | "assistantOnlyLoss">,
): LabelledTokens & { readonly leftOut: Int32Array } {
  const form = formOf(example);
  const messages = messagesOf(form);
  if (assistantOnlyLoss && messages === undefined)
    throw new RolloutError(
      "invalid-completions",
      "assistantOnlyLoss wants messages, whose roles tell what is the assistant's; this is none",
    );
  const leftOut = new Int32Array();
  const labelled = ({ promptIds, completionIds }: CompletionTokens) => ({
    ids: Int32Array.from([...promptIds, ...completionIds]),
    counted: Uint8Array.from([...promptIds.map(() => (completionOnlyLoss ? 0 : 1)), ...completionIds.map(() => 1)]),
  });
  const whole = (ids: Int32Array) => ({ ids, counted: new Uint8Array(ids.length).fill(1) });
  const encoded = () => {
    switch (form.kind) {
      case "text":
        return { ...whole(withEndOfText(tokenizer.encode(form.example.text), tokenizer)), leftOut };
      case "messages":
        return { ...whole(encodeMessages(form.example, tokenizer)), leftOut };
      case "tokens":
        return { ...labelled(form.example), leftOut };
      case "completion": {
        const row = encodeCompletion(form.example, tokenizer);
        return { ...labelled(row), leftOut: row.leftOut };
      }
    }
  };
  const { ids, counted, ...rest } = encoded();
  if (assistantOnlyLoss) {
    const { isAssistant } = assistantTokens(messages!, tokenizer, templateOptionsOf(example as TemplateOptions));
    isAssistant.forEach((own, place) => {
      if (own === 0) counted[place] = 0;
    });
  }
  counted.fill(0, 0, 1);
  if (!counted.includes(1)) throw new RolloutError("invalid-completions", "there is no token to learn; expected two tokens at least");
  return { ids, counted, ...rest };
}

type Conversation = Extract<SftExample, { messages: unknown }>;

/** The forms by what tells them apart. */
type Form =
  | { readonly kind: "text"; readonly example: { readonly text: string } }
  | { readonly kind: "messages"; readonly example: Conversation }
  | { readonly kind: "completion"; readonly example: PromptCompletion }
  | { readonly kind: "tokens"; readonly example: CompletionTokens };

function formOf(example: SftExample): Form {
  const fields = (typeof example === "object" && example !== null ? example : {}) as Readonly<Record<string, unknown>>;
  const isThere: Readonly<Record<Form["kind"], boolean>> = {
    text: typeof fields.text === "string",
    messages: Array.isArray(fields.messages),
    completion: fields.prompt !== undefined && fields.completion !== undefined,
    tokens: fields.promptIds instanceof Int32Array && fields.completionIds instanceof Int32Array,
  };
  const kinds = (Object.keys(isThere) as Form["kind"][]).filter((kind) => isThere[kind]);
  if (kinds.length === 1) return { kind: kinds[0], example } as Form;
  const found = Object.keys(fields).slice(0, 6).join(", ") || "nothing";
  throw new RolloutError(
    "invalid-completions",
    `${kinds.length === 0 ? "no example" : `more than one example (${kinds.join(", ")})`}, it holds ${found}; ` +
      "expected { text }, { prompt, completion }, { messages } or { promptIds, completionIds }",
  );
}

/** The messages of an example that holds any. */
function messagesOf({ kind, example }: Form): readonly ChatMessage[] | undefined {
  if (kind === "messages") return example.messages;
  return kind === "completion" && Array.isArray(example.prompt) ? [...example.prompt, ...(example.completion as ChatMessage[])] : undefined;
}

function encodeMessages(example: Conversation, tokenizer: Tokenizer): Int32Array {
  return tokenizer.encode(tokenizer.applyChatTemplate(example.messages, templateOptionsOf(example)), { addSpecialTokens: false });
}
