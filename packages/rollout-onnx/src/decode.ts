import type { FinishReason } from "@cai/contracts";
import { type DrawOptions, drawTokens } from "@cai/sampling";
import { drawFromSums } from "./draw-from-sums.ts";
import type { Engine } from "./engine.ts";
import { type Distributions, ForwardPass } from "./forward-pass.ts";
import { KeyValueCache } from "./key-value-cache.ts";

/** What is drawn, and how. */
export interface DecodeRequest {
  /** Each row's tokens, none empty. */
  readonly prompts: readonly Int32Array[];
  /** For each row a number in [0, 1) for every token. */
  readonly uniforms: readonly Float64Array[];
  readonly maxNewTokens: number;
  readonly minNewTokens: number;
  readonly filter: Pick<DrawOptions, "temperature" | "topK" | "topP">;
  readonly eosTokenIds: readonly number[];
  readonly stopTokenIds: readonly number[];
  readonly recordKeptTokens: boolean;
  /** One shared number: 1 ends the loop. */
  readonly aborted: Int32Array<SharedArrayBuffer>;
}

/** A row's response. */
export interface DecodedRow {
  readonly ids: number[];
  readonly logprobs: number[];
  /** What each was drawn from, where that is recorded. */
  readonly kept: Int32Array[];
  finishReason: FinishReason | undefined;
}

/** A row of the batch that has not ended. */
interface RunningRow {
  readonly row: number;
  /** Tokens that were read. */
  length: number;
}

/** Draws responses until every row has ended; undefined if aborted. */
export async function decode(engine: Engine, request: DecodeRequest): Promise<DecodedRow[] | undefined> {
  const { prompts, maxNewTokens } = request;
  const { plan } = engine.options;
  const longestPrompt = Math.max(...prompts.map(({ length }) => length));
  const columns = longestPrompt + maxNewTokens;
  const cache = new KeyValueCache({
    layerCount: plan.stages.flatMap(({ layers }) => layers).length,
    rows: prompts.length,
    heads: plan.heads.keyValueHeadCount,
    headSize: plan.heads.headSize,
  });
  const { temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1 } = request.filter;
  const wantsLogits = temperature === 0 || topK < engine.options.vocabSize || topP < 1;
  const pass = new ForwardPass({ engine, cache, columns, temperature: temperature || 1, wantsLogits });

  const decoded = prompts.map((): DecodedRow => ({ ids: [], logprobs: [], kept: [], finishReason: undefined }));
  const running = prompts.map(({ length }, row): RunningRow => ({ row, length }));
  let distributions = await pass.readPrompts(prompts, longestPrompt);
  for (let token = 0; ; token++) {
    const drawn = await drawRows({ distributions, fromLogits: wantsLogits, running, token, request });
    for (const [slot, one] of drawn.entries()) record(decoded[running[slot]!.row]!, one, request);
    const ids = drawn.map(({ id }) => id);
    dropEnded({ running, ids, decoded, cache });
    if (running.length === 0) return decoded;
    if (Atomics.load(request.aborted, 0) === 1) return undefined;
    for (const row of running) row.length++;
    distributions = await pass.readTokens(
      ids,
      running.map(({ length }) => length),
    );
  }
}

interface Draw {
  readonly distributions: Distributions;
  readonly fromLogits: boolean;
  readonly running: readonly RunningRow[];
  readonly token: number;
  readonly request: DecodeRequest;
}

/** A token that was drawn; `kept` where others had been left out. */
interface Drawn {
  readonly id: number;
  readonly logprob: number;
  readonly kept?: Int32Array | undefined;
}

async function drawRows({ distributions, fromLogits, running, token, request }: Draw): Promise<Drawn[]> {
  const { filter, minNewTokens, eosTokenIds, stopTokenIds } = request;
  const blockedIds = token < minNewTokens ? [...eosTokenIds, ...stopTokenIds] : [];
  const part = (values: Float32Array, slot: number) => {
    const size = values.length / running.length;
    return values.subarray(slot * size, (slot + 1) * size);
  };
  const drawn: Drawn[] = [];
  for (const [slot, { row }] of running.entries()) {
    const uniform = request.uniforms[row]![token]!;
    const [probabilities, sums] = [part(distributions.probabilities, slot), part(distributions.sums, slot)];
    const fromSums = fromLogits ? undefined : drawFromSums({ probabilities, sums, uniform, blockedIds });
    if (fromSums === undefined) {
      const logits = part(await distributions.logits(), slot);
      const { ids, logprobs, kept } = drawTokens({
        logits,
        shape: [1, logits.length],
        uniforms: Float64Array.of(uniform),
        ...filter,
        blockedIds,
      });
      drawn.push({ id: ids[0]!, logprob: logprobs[0]!, kept: kept?.[0] });
    } else drawn.push(fromSums);
  }
  return drawn;
}

function record(row: DecodedRow, { id, logprob, kept }: Drawn, request: DecodeRequest): void {
  const { eosTokenIds, stopTokenIds, maxNewTokens, recordKeptTokens } = request;
  row.ids.push(id);
  row.logprobs.push(logprob);
  if (recordKeptTokens && kept !== undefined) row.kept.push(kept);
  if (eosTokenIds.includes(id)) row.finishReason = "eos";
  else if (stopTokenIds.includes(id)) row.finishReason = "stop";
  else if (row.ids.length === maxNewTokens) row.finishReason = "length";
}

/** The rows that have ended leave the batch: the last running one takes the place of each. */
function dropEnded({
  running,
  ids,
  decoded,
  cache,
}: {
  running: RunningRow[];
  ids: number[];
  decoded: readonly DecodedRow[];
  cache: KeyValueCache;
}): void {
  const before = running.length;
  for (let slot = running.length - 1; slot >= 0; slot--) {
    if (decoded[running[slot]!.row]!.finishReason === undefined) continue;
    const last = running.pop()!;
    const lastId = ids.pop()!;
    if (slot === running.length) continue;
    cache.copyRow({ from: running.length, to: slot, columns: last.length });
    running[slot] = last;
    ids[slot] = lastId;
  }
  if (running.length > 0 && running.length < before) cache.keepRows(running.length);
}
