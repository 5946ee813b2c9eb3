import {
  type EndpointFeedbackOptions,
  endpointFeedback,
  type FeedbackModel,
  localFeedback,
  type PromptFormat,
  type PromptFormatName,
  promptFormat,
  suitableFormat,
} from "@cai/feedback";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import type { FeedbackSettings } from "./feedback-flags.ts";
import { resolvePolicy } from "./resolve-policy.ts";

/** A model that is asked; the caller disposes of it. */
export interface ResolvedFeedback {
  readonly feedback: FeedbackModel;
  dispose(): void;
}

/** A local one. */
export interface LocalFeedback extends ResolvedFeedback {
  readonly feedback: Required<FeedbackModel>;
  /** In which it is asked. */
  readonly format: PromptFormat;
}

/**
 * The policy that `--policy` or `--feedback` names, to be asked. The backend must be prepared.
 *
 * @param options.format the policy's own by default
 * @throws CliError `usage`
 */
export async function resolveLocalFeedback(
  source: string,
  { format: name, batchSize }: { readonly format?: PromptFormatName | undefined; readonly batchSize: number },
): Promise<LocalFeedback> {
  const policy = await resolvePolicy(source);
  try {
    return await readingInput(() => {
      const format = name === undefined ? suitableFormat(policy.tokenizer) : promptFormat(name);
      return { feedback: localFeedback({ policy, format, batchSize }), format, dispose: () => policy.dispose() };
    });
  } catch (error) {
    policy.dispose();
    throw error;
  }
}

/**
 * The model that `--feedback` names: a local one, or an endpoint by its address.
 *
 * @throws CliError `usage`
 */
export async function resolveFeedback(
  { feedback: source, feedbackModel, feedbackCache, feedbackOptions }: FeedbackSettings & { readonly feedback: string },
  { batchSize }: { readonly batchSize: number },
): Promise<ResolvedFeedback> {
  const isAddress = /^https?:\/\//i.test(source);
  const flag = Object.entries({ feedbackModel, feedbackCache, feedbackOptions }).find(([, value]) => value !== undefined)?.[0];
  if (!isAddress && flag !== undefined) {
    const written = flag.replace("feedback", "").toLowerCase();
    throw new CliError("usage", `--feedback-${written} is for an endpoint, and --feedback ${source} is a local model: leave it out`);
  }
  if (!isAddress) return resolveLocalFeedback(source, { batchSize });
  if (feedbackModel === undefined)
    throw new CliError("usage", `--feedback ${source} is an endpoint: give --feedback-model, the model's name there`);
  const cache = feedbackCache === undefined ? {} : { cache: feedbackCache };
  const options = { ...feedbackOptions, ...cache, url: source, model: feedbackModel } as EndpointFeedbackOptions;
  return readingInput(() => ({ feedback: endpointFeedback(options), dispose: () => {} }));
}
