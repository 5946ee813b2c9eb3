import type { OpenedFeedback } from "@cai/constitution";
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
import type { EndpointSettings } from "./feedback-flags.ts";
import { resolvePolicy } from "./resolve-policy.ts";

/** A local model that is asked; the caller disposes of it. */
interface LocalFeedback extends OpenedFeedback {
  readonly model: Required<FeedbackModel>;
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
      return { model: localFeedback({ policy, format, batchSize }), format, dispose: () => policy.dispose() };
    });
  } catch (error) {
    policy.dispose();
    throw error;
  }
}

/**
 * The model that `--feedback` names, a local one, or an endpoint by its address. The caller disposes of it.
 *
 * @throws CliError `usage`
 */
export async function resolveFeedback(
  source: string,
  { batchSize, feedbackModel, feedbackCache, feedbackOptions }: EndpointSettings & { readonly batchSize: number },
): Promise<OpenedFeedback> {
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
  return readingInput(() => ({ model: endpointFeedback(options), dispose: () => {} }));
}
