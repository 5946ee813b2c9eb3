import { type Generation, type Generator, type SamplingOptions, type Tokenizer, validRows } from "@cai/contracts";
import { RolloutError } from "./error.ts";
import { leftPad, type TokenizedPrompt } from "./prompt-tokens.ts";
import type { TextRollout } from "./text-rollout.ts";

/**
 * Lets the generator answer the prompts, and decodes what it wrote.
 *
 * @throws RolloutError `invalid-rollout` where a generator returns other shapes than it must.
 */
export async function rollOut(
  generator: Generator,
  tokenizer: Tokenizer,
  prompts: readonly TokenizedPrompt[],
  sampling: SamplingOptions,
): Promise<TextRollout> {
  const batch = leftPad(prompts.map(({ ids }) => ids));
  const generation = await generator.generate(batch, sampling);
  refuseMisshapen(generation, prompts.length, sampling.maxNewTokens);
  return {
    prompts: batch,
    ...generation,
    promptTexts: prompts.map(({ text }) => text),
    responseTexts: decodeResponses(generation, tokenizer),
  };
}

function decodeResponses({ responses, finishReasons }: Generation, tokenizer: Tokenizer): string[] {
  return validRows(responses.ids, responses.mask, responses.shape).map((ids, row) =>
    tokenizer.decode(finishReasons[row] === "length" ? ids : ids.subarray(0, -1), { skipSpecialTokens: true }),
  );
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
  for (let row = 0; row < rows; row++) {
    const mask = responses.mask.subarray(row * columns, (row + 1) * columns);
    const length = mask.reduce((sum, valid) => sum + valid, 0);
    if (length === 0) refuse(`an empty response in row ${row + 1}; expected at least one token`);
    if (mask.subarray(0, length).includes(0)) refuse(`a mask with a hole in row ${row + 1}; expected right padding`);
  }
}
