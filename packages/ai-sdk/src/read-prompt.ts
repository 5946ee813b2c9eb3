import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { ChatMessage } from "@cai/contracts";
import { AiSdkError } from "./error.ts";

/**
 * The AI SDK's messages as a conversation: parts of text as one text, reasoning apart from it.
 *
 * @throws AiSdkError `unsupported` for images and other files, and for calls of tools and their results
 */
export function readPrompt(prompt: LanguageModelV4Prompt): ChatMessage[] {
  return prompt.map(({ role, content }, index) => {
    if (typeof content === "string") return { role, content };
    const texts = { text: "", reasoning: "" };
    for (const part of content) {
      if (part.type !== "text" && part.type !== "reasoning")
        throw new AiSdkError(
          "unsupported",
          `message ${index + 1} of ${prompt.length} (${role}) has a part of type ${part.type}: this model reads text only`,
        );
      texts[part.type] += part.text;
    }
    return { role, content: texts.text, ...(texts.reasoning !== "" && { reasoning_content: texts.reasoning }) };
  });
}
