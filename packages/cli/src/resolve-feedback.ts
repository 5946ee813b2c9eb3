import { type FeedbackModel, localFeedback, type PromptFormat, type PromptFormatName, promptFormat, suitableFormat } from "@cai/feedback";
import { readingInput } from "./exit-codes.ts";
import { policyForms, resolvePolicy } from "./resolve-policy.ts";

/** A local model that is asked. */
export interface LocalFeedback {
  readonly feedback: Required<FeedbackModel>;
  /** In which it is asked, and trained. */
  readonly format: PromptFormat;
  dispose(): void;
}

/**
 * The policy that `--policy` or `--feedback` names, to be asked. The backend must be prepared; the caller disposes of it.
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
