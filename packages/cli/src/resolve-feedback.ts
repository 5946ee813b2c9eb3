import { type EndpointSource, endpointOf, type OpenedFeedback } from "@cai/constitution";
import { type FeedbackModel, localFeedback, type PromptFormat, type PromptFormatName, promptFormat, suitableFormat } from "@cai/feedback";
import type { CausalPolicy } from "@cai/policy";
import { CliError } from "./error.ts";
import { readingInput } from "./exit-codes.ts";
import type { EndpointSettings } from "./feedback-flags.ts";
import { flagName } from "./option-flags.ts";
import { resolvePolicy } from "./resolve-policy.ts";

/** A local model that is asked; the caller disposes of it. */
export interface LocalFeedback extends OpenedFeedback {
  readonly model: Required<FeedbackModel>;
  readonly policy: CausalPolicy;
  /** In which it is asked. */
  readonly format: PromptFormat;
}

/** A model of an endpoint. */
export interface EndpointFeedback extends OpenedFeedback {
  readonly policy?: undefined;
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
      return { model: localFeedback({ policy, format, batchSize }), policy, format, dispose: () => policy.dispose() };
    });
  } catch (error) {
    policy.dispose();
    throw error;
  }
}

/**
 * The model that a configuration names, a local one, or an endpoint by its address. The caller disposes of it.
 *
 * @throws CliError `usage`, with keys in double quotes
 */
export async function openFeedback(
  source: EndpointSource,
  { batchSize }: { readonly batchSize: number },
): Promise<LocalFeedback | EndpointFeedback> {
  const endpoint = await readingInput(() => endpointOf(source));
  return endpoint === undefined ? resolveLocalFeedback(source.feedback, { batchSize }) : { model: endpoint, dispose() {} };
}

/**
 * The same of `--feedback` and the flags that belong to it.
 *
 * @throws CliError `usage`, with flags
 */
export async function resolveFeedback(
  feedback: string,
  { batchSize, feedbackModel, feedbackCache, feedbackOptions }: EndpointSettings & { readonly batchSize: number },
): Promise<LocalFeedback | EndpointFeedback> {
  try {
    return await openFeedback({ feedback, feedbackModel, feedbackCache, feedbackOptions }, { batchSize });
  } catch (error) {
    if (!CliError.isInstance(error)) throw error;
    const message = error.message.replaceAll(/"(feedback[A-Za-z]*)"/g, (_, name: string) => `--${flagName(name)}`);
    throw new CliError("usage", message, { cause: error.cause });
  }
}
