import type { ScoreFunction, Tokenizer } from "@cai/contracts";
import type { PromptFormat } from "@cai/feedback";
import { encodePrompt, scoreResponses } from "@cai/rollouts";
import type { LabelledPair } from "../preference/labelled-pairs.ts";

/** How labels stand to a judge that had no part in them. */
export interface LabelAgreement {
  /** Pairs on which the judge is sure, and that have a label. */
  readonly pairs: number;
  /** Share of them whose label says the same; null without such pairs. */
  readonly agreement: number | null;
}

/**
 * The share of labels that agree with a judge, over the pairs on which it is sure: its scores of the two answers lie further apart than `sure`.
 *
 * @param scores the judge's, of both answers of each pair.
 * @example
 * labelAgreement({ probabilities: [0.9, 0.2, 0.6], scores: [[1, 0], [1, 0], [0.1, 0]], sure: 0.5 }); // { pairs: 2, agreement: 0.5 }
 */
export function labelAgreement({
  probabilities,
  scores,
  sure,
}: {
  readonly probabilities: readonly number[];
  readonly scores: readonly (readonly [number, number])[];
  readonly sure: number;
}): LabelAgreement {
  const compared = scores
    .map(([first, second], index) => ({ difference: first - second, label: probabilities[index]! - 0.5 }))
    .filter(({ difference, label }) => Math.abs(difference) > sure && label !== 0);
  const agreeing = compared.filter(({ difference, label }) => difference * label > 0).length;
  return { pairs: compared.length, agreement: compared.length === 0 ? null : agreeing / compared.length };
}

/** What a judge gives both answers of each pair. */
export async function judgeScores(
  pairs: readonly LabelledPair[],
  {
    judge,
    tokenizer,
    format,
    batchSize,
    signal,
  }: {
    readonly judge: { readonly score: ScoreFunction };
    readonly tokenizer: Tokenizer;
    readonly format: PromptFormat;
    readonly batchSize: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<[number, number][]> {
  const scores: [number, number][] = [];
  for (let first = 0; first < pairs.length; first += batchSize) {
    const answers = pairs
      .slice(first, first + batchSize)
      .flatMap(({ prompt, answers }) => answers.map((answer) => ({ prompt: format.promptOf(prompt), answer })));
    const promptIds = answers.map(({ prompt }) => encodePrompt(prompt, tokenizer));
    const given = await scoreResponses(
      judge,
      {
        prompts: answers.map(({ prompt }, index) => (typeof prompt === "string" ? prompt : tokenizer.decode(promptIds[index]!))),
        responses: answers.map(({ answer }) => answer),
        promptIds,
        responseIds: answers.map(({ answer }) => tokenizer.encode(answer, { addSpecialTokens: false })),
      },
      signal,
    );
    for (let index = 0; index < answers.length; index += 2) scores.push([given[index]!, given[index + 1]!]);
  }
  return scores;
}
