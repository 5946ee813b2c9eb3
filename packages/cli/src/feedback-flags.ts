import type { Command } from "commander";
import { CliError } from "./error.ts";
import { policyForms } from "./resolve-policy.ts";

/** What is told of a judge behind an endpoint. */
export interface EndpointSettings {
  /** The model's name there. */
  readonly feedbackModel?: string | undefined;
  /** A folder for answers. */
  readonly feedbackCache?: string | undefined;
  /** Further options of `endpointFeedback`. */
  readonly feedbackOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What is told of the model that judges, by flags or in a configuration file. */
export interface FeedbackSettings extends EndpointSettings {
  /** Absent where it is the policy. */
  readonly feedback?: string | undefined;
}

/** The names whose values are text. */
export const feedbackTexts = ["feedback", "feedbackModel", "feedbackCache"] as const;
/** All names. */
export const feedbackNames = [...feedbackTexts, "feedbackOptions"] as const;

/**
 * Adds the flags of the model that judges.
 *
 * @param does for the help: what it does instead of the policy
 */
export function addFeedbackFlags(command: Command, does = "judges"): Command {
  return command
    .option("--feedback <P|URL>", `${does}, instead of the policy: ${policyForms}, or the address of an OpenAI-compatible endpoint (…/v1)`)
    .option("--feedback-model <name>", "the model's name at an endpoint; its key is taken from OPENAI_API_KEY")
    .option("--feedback-cache <DIR>", "a folder for an endpoint's answers: what was answered once costs nothing again")
    .option("--feedback-options <JSON>", 'more options of an endpoint: {"topLogprobs": 5, "timeoutMs": 20000, "concurrency": 8}');
}

/**
 * What flags or a configuration file say of the model that judges.
 *
 * @throws CliError `usage`
 */
export function resolveFeedbackFlags(given: Readonly<Record<string, unknown>>): FeedbackSettings {
  const { feedback, feedbackModel, feedbackCache, feedbackOptions } = given;
  return { feedback, feedbackModel, feedbackCache, feedbackOptions: objectOf(feedbackOptions) } as FeedbackSettings;
}

function objectOf(value: unknown): object | undefined {
  if (value === undefined) return undefined;
  const parsed = typeof value === "string" ? parse(value) : value;
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new CliError("usage", `--feedback-options is ${JSON.stringify(value)}: expected a JSON object`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
