import { setImmediate as nextTurn } from "node:timers/promises";
import type { Generation, SamplingOptions, TokenBatch } from "@cai/contracts";
import { uniforms } from "@cai/random";
import { drawTokens } from "@cai/sampling";
import type { CausalModel } from "./causal-model.ts";
import { checkPrompts, longestRow } from "./check-batch.ts";
import { checkSampling } from "./check-sampling.ts";
import { DecodeSession } from "./decode-session.ts";
import { ResponseRecorder } from "./response-recorder.ts";

interface GenerateOptions {
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
  checkSampling({ sampling, eosTokenIds, longestPrompt: longestRow(prompts), vocabSize, contextLength });

  const rows = prompts.shape[0];
  const endIds = [...eosTokenIds, ...stopTokenIds];
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
        temperature,
        topK,
        topP,
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

/** For each row the uniform numbers of all its tokens: element t has the counters [step, sample, t]. */
function drawnNumbers({ draws: { seed, stream, step, firstSample = 0 }, maxNewTokens }: SamplingOptions, rows: number): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => uniforms({ seed, stream, counters: [step, firstSample + row], count: maxNewTokens }));
}
