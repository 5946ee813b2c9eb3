import { countValid } from "@cai/contracts";
import { evaluateRows } from "@cai/training";
import type { Pack } from "./prepare-examples.ts";
import { sftBatch } from "./sft-batch.ts";
import { sumCounted } from "./sft-loss.ts";
import type { SftParts } from "./sft-options.ts";
import { forward, type SftNumbers } from "./sft-pass.ts";

/** How a policy does on held-out data. */
export interface SftEvaluation {
  /** The step after which it was made; 0: before the first. */
  readonly step: number;
  /** Mean negative log-likelihood of the tokens that count, in nats. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  /** Tokens that count. */
  readonly tokens: number;
  /** `eval/loss`, `eval/perplexity`, `eval/entropy`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Goes over held-out data once, a few packs a pass. */
export async function evaluatePacks(
  parts: SftParts,
  packs: readonly Pack[],
  { packsAtOnce, step, signal }: { readonly packsAtOnce: number; readonly step: number; readonly signal: AbortSignal | undefined },
): Promise<SftEvaluation> {
  let [tokens, logprobSum, entropySum] = [0, 0, 0];
  for (let first = 0; first < packs.length; first += packsAtOnce) {
    signal?.throwIfAborted();
    const { counted, ...batch } = sftBatch(packs.slice(first, first + packsAtOnce).flat());
    const { logprobs, entropy } = await evaluateRows<SftNumbers>(batch, batch.prompts.shape[0], (rows) => forward(parts, rows));
    tokens += countValid(counted);
    logprobSum += sumCounted(logprobs, counted);
    entropySum += sumCounted(entropy, counted);
  }
  const loss = -logprobSum / tokens;
  const perplexity = Math.exp(loss);
  const metrics = { "eval/loss": loss, "eval/perplexity": perplexity, "eval/entropy": entropySum / tokens };
  return { step, loss, perplexity, tokens, metrics };
}
