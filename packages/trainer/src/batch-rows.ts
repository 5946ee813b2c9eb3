import { type Shape2D, validRows } from "@cai/contracts";
import type { TextRollout } from "@cai/rollouts";

type Numbers = Float32Array | Int32Array | Uint8Array;
type ByName<Values extends Numbers> = Readonly<Record<string, Values | undefined>>;

/**
 * A step's responses for a look, a plain object each: `prompt`, `response` and `score` as in `samples.jsonl`; tokens, mask and how it ended; and
 * numbers by their names. Lists are as long as the step's longest response, and count where `mask` is 1.
 *
 * @param ofRows `[B]` each.
 * @param ofTokens `[B, T]` each.
 */
export function batchRows(
  rollout: TextRollout,
  scores: Float32Array,
  { ofRows = {}, ofTokens }: { readonly ofRows?: ByName<Float32Array>; readonly ofTokens: ByName<Numbers> },
): object[] {
  const { prompts, responses, promptTexts, responseTexts, finishReasons, behaviourLogprobs } = rollout;
  const promptIds = validRows(prompts.ids, prompts.mask, prompts.shape);
  const { ids, mask, shape } = responses;
  return promptTexts.map((prompt, row) => ({
    prompt,
    response: responseTexts[row]!,
    score: scores[row]!,
    ...numbersOf(ofRows, (values) => values[row]),
    finishReason: finishReasons[row]!,
    promptIds: promptIds[row]!,
    ...numbersOf({ ids, mask, behaviourLogprobs, ...ofTokens }, (values) => rowOf(values, shape, row)),
  }));
}

function numbersOf<Values extends Numbers>(named: ByName<Values>, read: (values: Values) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(named).flatMap(([name, values]) => (values === undefined ? [] : [[name, read(values)]])));
}

const rowOf = (values: Numbers, [, columns]: Shape2D, row: number): Numbers => values.subarray(row * columns, (row + 1) * columns);
