import type { ChatMessage } from "@cai/contracts";
import { abortTogether, concurrencyLimit, untilAborted } from "@cai/endpoint";
import type { FinishReason, ModelMessage } from "ai";
import { eachAsked, forEachAsked } from "./check-question.ts";
import { drawSeed } from "./draw-seed.ts";
import { FeedbackError } from "./error.ts";
import type { Ending, FeedbackModel } from "./feedback-model.ts";

/** What is read here of a language model of the AI SDK: any version of its specification. */
export interface AiSdkModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
}

const endings: Readonly<Partial<Record<FinishReason, Ending>>> = { stop: "finished", length: "cut", "content-filter": "cut" };

/**
 * A language model of the AI SDK (`ai`, 5 or later, which is imported when it is first asked): it writes, and tells no log-probabilities, so there
 * is no `choose`. Each sample has a seed of its own; whether the model heeds it is the provider's affair.
 *
 * @param model as a provider of the AI SDK gives it
 * @param options.concurrency questions at a time. Default 4.
 * @param options.retries further attempts of the AI SDK's own. Default 4.
 * @throws FeedbackError `bad-option`. `complete` rejects with `missing-package`, `unreadable-message`, `bad-question` and `endpoint-failed`.
 * @example
 * import { MockLanguageModelV2 } from "ai/test"; // or: import { anthropic } from "@ai-sdk/anthropic"
 * const judge = aiSdkFeedback(new MockLanguageModelV2({ modelId: "mock" }));
 * judge.identity; // "mock-provider mock"
 */
export function aiSdkFeedback(
  model: AiSdkModel,
  { concurrency = 4, retries = 4 }: { readonly concurrency?: number; readonly retries?: number } = {},
): FeedbackModel {
  requireCount("concurrency", concurrency, 1);
  requireCount("retries", retries, 0);
  if (typeof model?.provider !== "string" || typeof model.modelId !== "string")
    throw new FeedbackError("bad-option", "the model is no language model of the AI SDK: expected one as a provider gives it");
  const identity = `${model.provider} ${model.modelId}`;
  const limit = concurrencyLimit(concurrency);

  return {
    identity,
    complete: (conversations, { draws, maxNewTokens, temperature, signal }) =>
      abortTogether(signal, async (together) => {
        const asked = conversations.map((messages) => ({ messages }));
        const prompts = forEachAsked(asked, "conversation", ({ messages }) => promptOf(messages));
        if (asked.length === 0) return [];
        const { generateText } = await importAiSdk();
        return eachAsked(asked, "conversation", (_, index) =>
          limit(async () => {
            const seed = temperature > 0 && { seed: drawSeed(draws, index) };
            const settings = { maxOutputTokens: maxNewTokens, temperature, maxRetries: retries, abortSignal: together, ...seed };
            const written = generateText({ model: model as Parameters<typeof generateText>[0]["model"], ...prompts[index]!, ...settings });
            const { text, finishReason } = await untilAborted(written, together).catch((cause: unknown) => {
              together.throwIfAborted();
              throw new FeedbackError("endpoint-failed", `${identity} gave no answer: ${(cause as Error).message}`, { cause });
            });
            return { text: text.trim(), ending: endings[finishReason] ?? "unknown" };
          }, together),
        );
      }),
  };
}

/** The AI SDK takes what the system says at the beginning apart from the messages. */
function promptOf(messages: readonly ChatMessage[]): { readonly system?: string; readonly messages: ModelMessage[] } {
  const texts = messages.map(({ role, content }): ModelMessage & { readonly content: string } => {
    if (typeof content === "string" && (role === "system" || role === "user" || role === "assistant")) return { role, content };
    const expected = "expected a text of system, user or assistant";
    throw new FeedbackError("unreadable-message", `a message of role ${role} holds ${JSON.stringify(content)}: ${expected}`);
  });
  const first = texts.findIndex(({ role }) => role !== "system");
  const turns = first < 0 ? [] : texts.slice(first);
  if (turns.length === 0) throw new FeedbackError("bad-question", "it has no message of the user");
  if (turns.at(-1)!.role === "assistant")
    throw new FeedbackError("bad-question", "it ends with the assistant's turn, and models of the AI SDK begin a new one");
  const system = texts.slice(0, first).map(({ content }) => content);
  return { ...(system.length > 0 && { system: system.join("\n\n") }), messages: turns };
}

async function importAiSdk(): Promise<typeof import("ai")> {
  try {
    return await import("ai");
  } catch (cause) {
    throw new FeedbackError("missing-package", "the AI SDK can't be loaded: npm install ai", { cause });
  }
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new FeedbackError("bad-option", `${name} is ${value}: expected a whole number from ${least}`);
}
