import type { TrainablePolicy } from "@cai/contracts";
import { type Prompt, tokenizePrompts } from "@cai/rollouts";
import type * as tf from "@tensorflow/tfjs-core";
import { type ComparisonSettings, checkBase, resolveComparison } from "./comparison-options.ts";
import { EvaluationError } from "./error.ts";
import { type AnswerSource, type WrittenAnswer, writtenBy } from "./write-answers.ts";

/** What the base of comparisons wrote for a prompt: plain JSON. */
export interface BaseAnswers {
  /** One for each draw, which a policy's answers are held against. */
  readonly answers: readonly WrittenAnswer[];
  /** Further ones, which the best of n are chosen from; none where nothing is chosen. */
  readonly pool: readonly WrittenAnswer[];
}

/** Who answers what, and any option that shall differ from its default (`comparisonOptions`). */
export interface AnswerAsBaseOptions extends Partial<ComparisonSettings> {
  readonly base: TrainablePolicy<tf.Tensor>;
  readonly prompts: readonly Prompt[];
  /** The place of the first of them among the prompts of the comparison, where these are a part of them. Default 0. */
  readonly firstPrompt?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The base's part of `comparePolicies`, by itself: most of its time where several policies are held against one base.
 *
 * @returns one for each prompt; to be passed to `comparePolicies` as `baseAnswers`, with the same options
 * @throws TrainingError `invalid-option`, RolloutError `invalid-prompts`; the signal's reason
 * @example
 * const [first] = await answerAsBase({ base: policy, prompts: prompts.slice(0, 1), bestOf: 2, maxNewTokens: 4 });
 * console.log(first?.answers.length, first?.pool.length); // 1 2
 */
export async function answerAsBase(options: AnswerAsBaseOptions): Promise<BaseAnswers[]> {
  const { firstPrompt = 0, signal, ...given } = options;
  const { base, prompts } = given;
  const settings = resolveComparison(checkBase(given));
  const tokenized = tokenizePrompts(prompts, base, settings.maxNewTokens);
  const sources = sourcesOf(base, settings, signal);
  const draws = drawsOf(settings);
  const rows = tokenized.map(() => ({ answers: [] as WrittenAnswer[], pool: [] as WrittenAnswer[] }));
  for (const kind of ["answers", "pool"] as const)
    for (let draw = 0; draw < draws[kind]; draw++)
      for (let first = 0; first < tokenized.length; first += settings.batchSize) {
        const batch = tokenized.slice(first, first + settings.batchSize);
        const written = await sources[kind](draw, firstPrompt + first, batch);
        for (const [row, answer] of written.entries()) rows[first + row]![kind].push(answer);
      }
  return rows;
}

/** How many of each kind there are to a prompt. */
export const drawsOf = ({ draws, bestOf }: ComparisonSettings) => ({ answers: draws, pool: bestOf > 1 ? bestOf : 0 });

/** The base's answers as they are written when asked for; its own stand in the stream of the policies that it is compared with. */
export function sourcesOf(
  base: TrainablePolicy<tf.Tensor>,
  settings: ComparisonSettings,
  signal: AbortSignal | undefined,
): Record<keyof BaseAnswers, AnswerSource> {
  const of = (stream: string) => writtenBy({ policy: base }, settings, { stream, signal });
  return { answers: of("evaluation"), pool: of("best-of-n") };
}

/** The base's answers where they are there already. */
export function sourcesOfWritten(
  written: readonly BaseAnswers[],
  { prompts, settings }: { readonly prompts: number; readonly settings: ComparisonSettings },
): Record<keyof BaseAnswers, AnswerSource> {
  const draws = drawsOf(settings);
  const refuse = (what: string) => {
    throw new EvaluationError("shape-mismatch", `baseAnswers ${what}: pass what answerAsBase gave for the same prompts and options`);
  };
  if (written.length !== prompts) refuse(`has ${written.length} rows for ${prompts} prompts`);
  for (const [row, answers] of written.entries())
    for (const kind of ["answers", "pool"] as const)
      if (answers[kind].length !== draws[kind]) refuse(`has ${answers[kind].length} ${kind} in row ${row + 1}; expected ${draws[kind]}`);
  const of =
    (kind: keyof BaseAnswers): AnswerSource =>
    async (draw, first, { length }) =>
      written.slice(first, first + length).map((row) => row[kind][draw]!);
  return { answers: of("answers"), pool: of("pool") };
}
