import { type Decoder, type DecoderDraw, type DrawnTokens, drawTokens, type ResponseOptions } from "@cai/sampling";
import { drawFromSums } from "./draw-from-sums.ts";
import type { Engine } from "./engine.ts";
import { type Distributions, ForwardPass } from "./forward-pass.ts";
import { KeyValueCache } from "./key-value-cache.ts";

/** A text that goes on. */
interface RunningText {
  readonly text: number;
  /** Tokens that were read. */
  length: number;
}

/** A token that was drawn; `kept` where others had been left out. */
interface DrawnToken {
  readonly id: number;
  readonly logprob: number;
  readonly kept?: Int32Array | undefined;
}

/** An engine's sessions over a cache of some prompts' texts. */
export class OnnxDecoder implements Decoder {
  readonly #prompts: readonly Int32Array[];
  readonly #cache: KeyValueCache;
  readonly #pass: ForwardPass;
  readonly #fromLogits: boolean;
  /** By their places in the batch; one that ended is replaced by the last. */
  readonly #running: RunningText[];
  #distributions: Distributions | undefined;

  constructor(
    engine: Engine,
    prompts: readonly Int32Array[],
    options: Pick<ResponseOptions, "maxNewTokens" | "temperature" | "topK" | "topP">,
  ) {
    const { plan, vocabSize } = engine.options;
    const { maxNewTokens, temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1 } = options;
    const layerCount = plan.stages.flatMap(({ layers }) => layers).length;
    const { keyValueHeadCount: heads, headSize } = plan.heads;
    this.#prompts = prompts;
    this.#running = prompts.map(({ length }, text) => ({ text, length }));
    this.#cache = new KeyValueCache({ layerCount, rows: prompts.length, heads, headSize });
    this.#fromLogits = temperature === 0 || topK < vocabSize || topP < 1;
    this.#pass = new ForwardPass({
      engine,
      cache: this.#cache,
      columns: longest(prompts) + maxNewTokens,
      temperature: temperature || 1,
      wantsLogits: this.#fromLogits,
    });
  }

  async draw(how: DecoderDraw): Promise<DrawnTokens> {
    this.#distributions ??= await this.#pass.readPrompts(this.#prompts, longest(this.#prompts));
    const places = this.#running.map(({ text }, place) => ({ text, place })).sort((a, b) => a.text - b.text);
    const drawn: DrawnToken[] = [];
    for (const [index, { place }] of places.entries()) drawn.push(await this.#drawOne(place, how.uniforms[index]!, how));
    const kept = drawn.flatMap((one) => one.kept ?? []);
    return {
      ids: Int32Array.from(drawn, ({ id }) => id),
      logprobs: Float32Array.from(drawn, ({ logprob }) => logprob),
      ...(kept.length > 0 && { kept }),
    };
  }

  async append(texts: Int32Array, ids: Int32Array): Promise<void> {
    this.#dropEnded(new Set(texts));
    const nextOf = new Map(Array.from(texts, (text, index) => [text, ids[index]!]));
    for (const one of this.#running) one.length++;
    this.#distributions = await this.#pass.readTokens(
      this.#running.map(({ text }) => nextOf.get(text)!),
      this.#running.map(({ length }) => length),
    );
  }

  async #drawOne(place: number, uniform: number, { uniforms: _, blockedIds = [], ...filter }: DecoderDraw): Promise<DrawnToken> {
    const part = (values: Float32Array) => {
      const size = values.length / this.#running.length;
      return values.subarray(place * size, (place + 1) * size);
    };
    const { probabilities, sums, logits: readLogits } = this.#distributions!;
    const fromSums = this.#fromLogits
      ? undefined
      : drawFromSums({ probabilities: part(probabilities), sums: part(sums), uniform, blockedIds });
    if (fromSums !== undefined) return fromSums;
    const logits = part(await readLogits());
    const uniforms = Float64Array.of(uniform);
    const { ids, logprobs, kept } = drawTokens({ logits, shape: [1, logits.length], uniforms, ...filter, blockedIds });
    return { id: ids[0]!, logprob: logprobs[0]!, kept: kept?.[0] };
  }

  #dropEnded(goOn: ReadonlySet<number>): void {
    const running = this.#running;
    const before = running.length;
    for (let place = running.length - 1; place >= 0; place--) {
      if (goOn.has(running[place]!.text)) continue;
      const last = running.pop()!;
      if (place === running.length) continue;
      this.#cache.copyRow({ from: running.length, to: place, columns: last.length });
      running[place] = last;
    }
    if (running.length < before) this.#cache.keepRows(running.length);
  }
}

const longest = (prompts: readonly Int32Array[]): number => Math.max(...prompts.map(({ length }) => length));
