import { setImmediate as nextTurn } from "node:timers/promises";
import type { FinishReason, Generation, SamplingOptions, TokenBatch } from "@cai/contracts";
import { uniforms } from "@cai/random";
import { drawTokens, type FilterOptions } from "@cai/sampling";
import type { CausalModel } from "./causal-model.ts";
import { checkPrompts, longestRow } from "./check-batch.ts";
import { DecodeSession } from "./decode-session.ts";
import { PolicyError } from "./error.ts";

export interface GenerateOptions {
  readonly model: CausalModel;
  readonly eosTokenIds: readonly number[];
  readonly prompts: TokenBatch;
  readonly sampling: SamplingOptions;
}

/** As `Generator.generate`: the prompts are read once, then each step reads the token that was drawn last, over a key/value cache. */
export async function generate({ model, eosTokenIds, prompts, sampling }: GenerateOptions): Promise<Generation> {
  const { vocabSize, contextLength } = model.architecture;
  const { maxNewTokens, minNewTokens = 0, temperature, topK, topP, stopTokenIds = [], signal } = sampling;
  signal?.throwIfAborted();
  checkPrompts(prompts, vocabSize);
  checkLengths(sampling, longestRow(prompts), contextLength);
  checkStopTokens(stopTokenIds, vocabSize);
  const filter = { temperature, topK, topP };
  const endIds = [...eosTokenIds, ...stopTokenIds];
  checkFilter(filter, minNewTokens > 0 ? endIds : [], vocabSize);

  const rows = prompts.shape[0];
  const draws = drawnNumbers(sampling, rows);
  const responses = new ResponseRecorder(rows, maxNewTokens);

  const session = new DecodeSession({ model, prompts, maxNewTokens });
  try {
    for (let token = 0; token < maxNewTokens && responses.running > 0; token++) {
      const logits = await session.nextLogits();
      const { ids, logprobs } = drawTokens({
        logits,
        shape: [rows, vocabSize],
        uniforms: Float64Array.from(draws, (row) => row[token]!),
        ...filter,
        blockedIds: token < minNewTokens ? endIds : [],
      });
      responses.add(ids, logprobs, (id) => (eosTokenIds.includes(id) ? "eos" : stopTokenIds.includes(id) ? "stop" : undefined));
      session.append(ids);
      await nextTurn();
      signal?.throwIfAborted();
    }
  } finally {
    session.dispose();
  }
  return responses.result();
}

/** What has been drawn so far: a row that has ended takes no more tokens. */
class ResponseRecorder {
  readonly #rows: { ids: number[]; logprobs: number[]; finishReason: FinishReason | undefined }[];
  readonly #maxNewTokens: number;

  constructor(rows: number, maxNewTokens: number) {
    this.#rows = Array.from({ length: rows }, () => ({ ids: [], logprobs: [], finishReason: undefined }));
    this.#maxNewTokens = maxNewTokens;
  }

  /** How many rows have not ended. */
  get running(): number {
    return this.#rows.filter(({ finishReason }) => finishReason === undefined).length;
  }

  add(ids: Int32Array, logprobs: Float32Array, endedBy: (id: number) => FinishReason | undefined): void {
    for (const [index, row] of this.#rows.entries()) {
      if (row.finishReason !== undefined) continue;
      row.ids.push(ids[index]!);
      row.logprobs.push(logprobs[index]!);
      row.finishReason = endedBy(ids[index]!) ?? (row.ids.length === this.#maxNewTokens ? "length" : undefined);
    }
  }

  result(): Generation {
    const columns = Math.max(...this.#rows.map(({ ids }) => ids.length));
    const shape = [this.#rows.length, columns] as const;
    const ids = new Int32Array(shape[0] * columns);
    const mask = new Uint8Array(shape[0] * columns);
    const behaviourLogprobs = new Float32Array(shape[0] * columns);
    for (const [index, row] of this.#rows.entries()) {
      ids.set(row.ids, index * columns);
      mask.fill(1, index * columns, index * columns + row.ids.length);
      behaviourLogprobs.set(row.logprobs, index * columns);
    }
    return { responses: { ids, mask, shape }, behaviourLogprobs, finishReasons: this.#rows.map(({ finishReason }) => finishReason!) };
  }
}

/** For each row the uniform numbers of all its tokens: element t has the counters [step, sample, t]. */
function drawnNumbers({ draws: { seed, stream, step, firstSample = 0 }, maxNewTokens }: SamplingOptions, rows: number): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => uniforms({ seed, stream, counters: [step, firstSample + row], count: maxNewTokens }));
}

function checkLengths({ maxNewTokens, minNewTokens = 0 }: SamplingOptions, longestPrompt: number, contextLength: number): void {
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new PolicyError("bad-option", `maxNewTokens is ${maxNewTokens}: give a positive integer`);
  if (!Number.isInteger(minNewTokens) || minNewTokens < 0 || minNewTokens > maxNewTokens)
    throw new PolicyError("bad-option", `minNewTokens is ${minNewTokens}: give an integer from 0 to maxNewTokens, ${maxNewTokens}`);
  if (longestPrompt + maxNewTokens > contextLength) {
    const wanted = `a prompt of ${longestPrompt} tokens and ${maxNewTokens} new ones are ${longestPrompt + maxNewTokens}`;
    throw new PolicyError("too-long", `${wanted}, the model's context is ${contextLength}: shorten the prompt or ask for fewer tokens`);
  }
}

function checkStopTokens(ids: readonly number[], vocabSize: number): void {
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (wrong !== undefined) throw new PolicyError("bad-option", `stopTokenIds holds ${wrong}: give ids within 0 … ${vocabSize - 1}`);
}

/** The sampler knows what it refuses: asked with one row of zeros, before the model has run. */
function checkFilter(filter: Pick<FilterOptions, "temperature" | "topK" | "topP">, blockedIds: readonly number[], vocabSize: number): void {
  drawTokens({ ...filter, blockedIds, logits: new Float32Array(vocabSize), shape: [1, vocabSize], uniforms: Float64Array.of(0) });
}
