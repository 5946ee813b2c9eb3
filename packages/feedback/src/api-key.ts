import { FeedbackError } from "./error.ts";

/** Where OpenAI's own clients look. */
const usualVariable = "OPENAI_API_KEY";

/**
 * The Authorization header from a key in the environment; none where the usual variable is not set, as many local servers need no key.
 *
 * @param variable whose name it is; "" for no key
 * @throws FeedbackError `bad-option` for a variable that was named and isn't set
 */
export function apiKeyHeader(variable: string | undefined): { readonly authorization?: string } {
  if (variable === "") return {};
  const key = process.env[variable ?? usualVariable]?.trim();
  if (key) return { authorization: `Bearer ${key}` };
  if (variable === undefined) return {};
  throw new FeedbackError(
    "bad-option",
    `apiKeyVariable names ${variable}, which is not set in the environment: set it to the key, or leave it out`,
  );
}
