import type { ChatMessage } from "@cai/contracts";
import type { PromptFormat } from "@cai/feedback";
import { keptRevisions, type RevisionRow } from "./revision-row.ts";

/** Text, or messages for a chat template: the policy's format says. */
type Written = string | readonly ChatMessage[];

/** What a training row says of where it comes from. */
interface Origin {
  /** The principle's name. */
  readonly principle: string;
  /** SHA-256 of the constitution. */
  readonly constitution: string;
}

/** A prompt with its revision, for `@cai/sft`. */
export interface RevisionExampleRow extends Origin {
  readonly prompt: Written;
  readonly completion: Written;
}

/** A revision against its original, for `@cai/preference`. */
export interface RevisionPairRow extends Origin {
  readonly prompt: Written;
  readonly chosen: Written;
  readonly rejected: Written;
}

/**
 * What can be learned from the kept revisions, the last kept one of each prompt: examples for fine-tuning, and pairs with the original as the
 * answer that is not chosen. What stood between prompt and revision is in neither.
 *
 * @param format of the policy that will be trained on them
 * @throws FeedbackError `unreadable-message` where a prompt isn't text and the format writes text
 * @example
 * const { examples, pairs } = revisionTrainingRows({ rows: await revise({ feedback, constitution, prompts: [prompt] }), format: promptFormat("dialogue") });
 */
export function revisionTrainingRows({ rows, format }: { readonly rows: readonly RevisionRow[]; readonly format: PromptFormat }): {
  examples: RevisionExampleRow[];
  pairs: RevisionPairRow[];
} {
  const made = keptRevisions(rows).map(({ prompt, response, revisions, principles, constitution }) => {
    const asked = format.promptOf(prompt);
    return {
      prompt: typeof asked === "string" ? asked : asked.messages,
      revision: format.completionOf(revisions.at(-1)!),
      original: format.completionOf(response),
      origin: { principle: principles.at(-1)!, constitution },
    };
  });
  return {
    examples: made.map(({ prompt, revision, origin }) => ({ prompt, completion: revision, ...origin })),
    pairs: made.map(({ prompt, revision, original, origin }) => ({ prompt, chosen: revision, rejected: original, ...origin })),
  };
}
