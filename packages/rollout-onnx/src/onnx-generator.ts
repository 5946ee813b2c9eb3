import type { Generation, Generator, SamplingOptions, TokenBatch } from "@cai/contracts";
import { type CausalPolicy, checkPrompts, checkSampling, longestRow } from "@cai/policy";
import type { DecodeRequest } from "./decode.ts";
import { decodeRequest } from "./decode-request.ts";
import { EngineThread } from "./engine-thread.ts";
import { RolloutError } from "./error.ts";
import { planStages, type StagePlan } from "./plan-stages.ts";
import { RequestPipeline } from "./request-pipeline.ts";
import type { Precision } from "./stage-graph.ts";
import { WeightVersions } from "./weight-versions.ts";

export interface OnnxGeneratorOptions {
  /** Whose weights are used, as they are when `generate` is called. It must outlive the generator, and is not disposed of by it. */
  readonly policy: CausalPolicy;
  /** `int8` rounds weights and what they multiply to 8 bits: faster, and near the policy's distribution, not equal to it. Default `float32`. */
  readonly precision?: Precision;
  /** Threads of ONNX Runtime. Default: one a core. */
  readonly threads?: number;
}

/**
 * Draws a policy's responses in ONNX Runtime, in a thread of its own: as `policy.generate` does, and with the same random numbers.
 *
 * Whatever changed in the policy since the call before is brought over first, tensor by tensor. The sessions of weights that were new are let go
 * after the call, as a training step will change them; where a second call finds the same weights, they are kept.
 *
 * @example
 * const generator = await OnnxGenerator.create({ policy, precision: "int8" });
 * const trainer = await PPOTrainer.create({ policy, rewardModel, generator });
 * await trainer.train(prompts);
 * await generator.dispose();
 */
export class OnnxGenerator implements Generator {
  readonly #policy: CausalPolicy;
  readonly #plan: StagePlan;
  readonly #thread: EngineThread;
  readonly #versions: WeightVersions;
  readonly #open = new Set<number>();
  #turn: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(policy: CausalPolicy, plan: StagePlan, thread: EngineThread) {
    this.#policy = policy;
    this.#plan = plan;
    this.#thread = thread;
    this.#versions = new WeightVersions(policy.weights);
  }

  /**
   * @throws RolloutError `bad-option`, `unsupported-model`, `missing-runtime`
   */
  static async create({ policy, precision = "float32", threads }: OnnxGeneratorOptions): Promise<OnnxGenerator> {
    if (precision !== "float32" && precision !== "int8")
      throw new RolloutError("bad-option", `precision is ${JSON.stringify(precision)}: give "float32" or "int8"`);
    if (threads !== undefined && !(Number.isSafeInteger(threads) && threads > 0))
      throw new RolloutError("bad-option", `threads is ${threads}: give a whole number from 1`);
    const { architecture } = policy.parts;
    const plan = planStages(architecture, precision);
    const { hiddenSize, vocabSize, rotaryFrequencies } = architecture;
    return new OnnxGenerator(policy, plan, new EngineThread({ plan, precision, threads, hiddenSize, vocabSize, rotaryFrequencies }));
  }

  /**
   * One call after another; a second one waits for the first.
   *
   * @throws PolicyError and SamplingError as `policy.generate`; RolloutError `bad-option` for `onToken`, `not-finite`,
   *   `run-failed`, `disposed`; the signal's reason when aborted
   */
  async generate(prompts: TokenBatch, sampling: SamplingOptions): Promise<Generation> {
    const generation = this.#turn.then(() => this.#generate(prompts, sampling));
    this.#turn = generation.catch(() => {});
    return generation;
  }

  /** Frees the engine; the policy stays. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#thread.end();
  }

  async #generate(prompts: TokenBatch, sampling: SamplingOptions): Promise<Generation> {
    const { vocabSize, contextLength, eosTokenIds } = this.#policy;
    const { signal, onToken } = sampling;
    if (onToken !== undefined)
      throw new RolloutError(
        "bad-option",
        "onToken is given, and this engine tells of no token before all are drawn: use the policy itself",
      );
    if (this.#disposed) throw new RolloutError("disposed", "this generator has been disposed of: make another one");
    signal?.throwIfAborted();
    checkPrompts(prompts, vocabSize);
    checkSampling({ sampling, eosTokenIds, longestPrompt: longestRow(prompts), vocabSize, contextLength });
    const renewed = await this.#refresh(signal);
    const generation = await this.#decode(decodeRequest(prompts, sampling, eosTokenIds), signal);
    for (const stage of renewed) await this.#close(stage);
    return generation;
  }

  /** Brings over what changed, and opens what isn't open. Gives the stages that had new weights. */
  async #refresh(signal: AbortSignal | undefined): Promise<readonly number[]> {
    const changed = new Set(this.#versions.changed());
    const stages = [...this.#plan.stages.keys()];
    const renewed = stages.filter((stage) => this.#plan.stages[stage]!.weights.some(({ parameter }) => changed.has(parameter)));
    const stale = stages.filter((stage) => !this.#open.has(stage) || renewed.includes(stage));
    for (const stage of stale) this.#open.delete(stage);
    const requests = new RequestPipeline(this.#thread);
    const taken = new Set<string>();
    const take = async (name: string) => {
      if (taken.has(name)) return;
      taken.add(name);
      signal?.throwIfAborted();
      const { weights } = this.#policy;
      const numbers = requests.copyOf(await weights.read(name)); // a backend may have given its own
      await requests.send({ kind: "take", weight: { name, shape: weights.shape(name), numbers }, stages: stale }, [numbers.buffer]);
    };
    try {
      for (const name of Object.values(this.#plan.embeddings)) if (changed.has(name)) await take(name);
      for (const stage of stale) {
        for (const { parameter } of this.#plan.stages[stage]!.weights) await take(parameter);
        await requests.send({ kind: "open", stage });
      }
    } finally {
      await requests.drained();
    }
    for (const stage of stale) this.#open.add(stage);
    this.#versions.keep(changed);
    return renewed;
  }

  async #decode(request: DecodeRequest, signal: AbortSignal | undefined): Promise<Generation> {
    const abort = () => Atomics.store(request.aborted, 0, 1);
    signal?.addEventListener("abort", abort);
    try {
      const { generation } = await this.#thread.ask({ kind: "decode", request });
      signal?.throwIfAborted();
      return generation!;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  async #close(stage: number): Promise<void> {
    this.#open.delete(stage);
    await this.#thread.ask({ kind: "close", stage });
  }
}
