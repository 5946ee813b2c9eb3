import { CaiError, type ChatMessage, type Tokenizer } from "@cai/contracts";
import { beforeStopText, type Conversation } from "@cai/rollouts";
import { FeedbackError } from "./error.ts";

/** The names of the formats, for options. */
export const promptFormats = ["chat", "dialogue", "continuation"] as const;
export type PromptFormatName = (typeof promptFormats)[number];

/** How a conversation becomes what a model reads, and an answer what follows it: as text, or as messages that a chat template writes. */
export interface PromptFormat {
  readonly name: PromptFormatName;
  /** What the model goes on with. */
  promptOf(messages: readonly ChatMessage[]): string | Conversation;
  /** An answer in the form of the prompt, as trainers take it: a text that follows the prompt, or the assistant's turn. */
  completionOf(answer: string): string | readonly ChatMessage[];
  /** The answer in what the model wrote: up to the first stop text, trimmed. */
  answerOf(written: string): string;
  /** Where a model goes on with the next speaker's turn: what ends a response, as `stopTexts` of rollouts and trainers. */
  readonly stopTexts: readonly string[];
  /** Whether an answer has an end of its own, which the model writes. One that only goes on with a text is as long as it may be. */
  readonly hasEnd: boolean;
}

/**
 * A format by its name. `chat` is the model's chat template; `dialogue` is for models without one, as in Bai et al. 2022 (turns that begin with
 * "Human:" and "Assistant:", a system message above them); `continuation` is for models that only go on with a text: contents follow each
 * other, a paragraph each, and the answer goes on where the last one ends.
 *
 * @example
 * promptFormat("dialogue").promptOf([{ role: "user", content: "Hello." }]); // "\n\nHuman: Hello.\n\nAssistant:"
 */
export function promptFormat(name: PromptFormatName): PromptFormat {
  return { chat, dialogue, continuation }[name];
}

/**
 * The format that suits a model: its chat template where it has one, `dialogue` where not.
 *
 * @throws what the chat template throws where there is one that can't write a greeting
 */
export function suitableFormat(tokenizer: Tokenizer): PromptFormat {
  try {
    tokenizer.applyChatTemplate([{ role: "user", content: "Hello." }], { addGenerationPrompt: true });
    return chat;
  } catch (error) {
    if (CaiError.isInstance(error) && error.code === "no-chat-template") return dialogue;
    throw error;
  }
}

const chat: PromptFormat = {
  name: "chat",
  promptOf: (messages) => ({ messages }),
  completionOf: (answer) => [{ role: "assistant", content: answer }],
  answerOf: (written) => written.trim(),
  stopTexts: [],
  hasEnd: true,
};

const nextTurns = ["\nHuman:", "\nAssistant:"];

const dialogue: PromptFormat = {
  name: "dialogue",
  promptOf(messages) {
    const turns = messages.map(dialogueTurn).filter((turn) => turn !== "");
    if (messages.at(-1)?.role !== "assistant") turns.push("Assistant:");
    return turns.map((turn) => `\n\n${turn}`).join("");
  },
  completionOf: (answer) => ` ${answer}`,
  answerOf: (written) => beforeStopText(written, nextTurns).trim(),
  stopTexts: nextTurns,
  hasEnd: true,
};

const speakers: ReadonlyMap<string, string> = new Map([
  ["system", ""],
  ["user", "Human: "],
  ["assistant", "Assistant: "],
]);

function dialogueTurn(message: ChatMessage): string {
  const speaker = speakers.get(message.role);
  if (speaker === undefined) {
    const expected = [...speakers.keys()].join(", ");
    throw new FeedbackError(
      "unreadable-message",
      `a message has the role ${JSON.stringify(message.role)}: a dialogue has ${expected} only`,
    );
  }
  const text = textOf(message);
  return text === "" ? speaker.trimEnd() : speaker + text; // an answer brings its own space
}

const continuation: PromptFormat = {
  name: "continuation",
  promptOf: (messages) =>
    messages
      .map(textOf)
      .filter((text) => text !== "")
      .join("\n\n"),
  completionOf: (answer) => answer,
  answerOf: (written) => written.trimEnd(),
  stopTexts: [],
  hasEnd: false,
};

function textOf({ role, content }: ChatMessage): string {
  if (typeof content === "string") return content;
  throw new FeedbackError(
    "unreadable-message",
    `a message of role ${role} holds ${JSON.stringify(content)}: a model without a chat template reads text only`,
  );
}
