import { type Generation, type Generator, rowLengths, type SamplingOptions, type Tokenizer } from "@cai/contracts";
import { cutAtStopTexts } from "./cut-at-stop-texts.ts";
import { RolloutError } from "./error.ts";
import { leftPad, type TokenizedPrompt } from "./prompt-tokens.ts";
import { rowColumns } from "./row-columns.ts";
import { refuseStopTexts } from "./stop-texts.ts";
import type { TextRollout } from "./text-rollout.ts";

/** How responses are drawn, and at which texts they end: what no engine has to know. */
export interface RolloutSampling extends SamplingOptions {
  /**
   * Texts that end a response, for models that go on with a turn of the next speaker: `["\nHuman:"]`. Looked for in the response's text, across
   * its tokens; special tokens are not in it, and are stopped at by `stopTokenIds`. Default: none.
   */
  readonly stopTexts?: readonly string[];
}

/**
 * Lets the generator answer the prompts, and decodes what it wrote, up to the end of text, the stop token or the stop text. What a row has behind
 * the token that completes a stop text is cut off: the rollout is the one of a generator that stops there.
 *
 * @throws RolloutError `invalid-rollout` where a generator returns other shapes than it must; TrainingError `invalid-option` for a stop text that
 *   can't be found.
 */
export async function rollOut(
  generator: Generator,
  tokenizer: Tokenizer,
  prompts: readonly TokenizedPrompt[],
  { stopTexts = [], ...sampling }: RolloutSampling,
): Promise<TextRollout> {
  refuseStopTexts(stopTexts, tokenizer);
  const batch = leftPad(prompts.map(({ ids }) => ids));
  const generation = await generator.generate(batch, sampling);
  refuseMisshapen(generation, prompts.length, sampling.maxNewTokens);
  const { minNewTokens = 0 } = sampling;
  return {
    prompts: batch,
    ...cutAtStopTexts(generation, { stopTexts, minNewTokens, tokenizer }),
    promptTexts: prompts.map(({ text }) => text),
    ...rowColumns(prompts),
  };
}

function refuseMisshapen(
  { responses, behaviourLogprobs, finishReasons, keptTokens }: Generation,
  rows: number,
  maxNewTokens: number,
): void {
  const [givenRows, columns] = responses.shape;
  const size = rows * columns;
  const refuse = (what: string) => {
    throw new RolloutError("invalid-rollout", `the generator returned ${what}`);
  };
  if (givenRows !== rows) refuse(`${givenRows} responses to ${rows} prompts`);
  if (columns < 1 || columns > maxNewTokens) refuse(`${columns} columns; expected 1 to maxNewTokens ${maxNewTokens}`);
  if (responses.ids.length !== size || responses.mask.length !== size)
    refuse(`ids or mask of another size than its shape [${rows}, ${columns}]`);
  if (behaviourLogprobs.length !== size) refuse(`${behaviourLogprobs.length} behaviour log-probabilities; expected ${size}`);
  if (keptTokens !== undefined && keptTokens.offsets.length !== size + 1)
    refuse(`${keptTokens.offsets.length} offsets of kept tokens; expected ${size + 1}`);
  if (finishReasons.length !== rows) refuse(`${finishReasons.length} finish reasons for ${rows} rows`);
  for (const [row, length] of rowLengths(responses.mask, responses.shape).entries()) {
    if (length === 0) refuse(`an empty response in row ${row + 1}; expected at least one token`);
    if (responses.mask.subarray(row * columns, row * columns + length).includes(0))
      refuse(`a mask with a hole in row ${row + 1}; expected right padding`);
  }
}
