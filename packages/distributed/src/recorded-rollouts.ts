import type { ForeseenPrompts, Generation, Generator, SamplingOptions, TokenBatch } from "@cai/contracts";
import { DistributedError } from "./error.ts";
import { joinGenerations, type Slice, sliceRows } from "./slice-rows.ts";
import { slicedGenerator } from "./sliced-generator.ts";
import { checkStaleness, stalenessMetrics } from "./staleness.ts";

export interface RecordedRolloutsOptions {
  /** What draws: the policy that is trained, or an engine that holds its weights. The caller disposes of it. */
  readonly generator: Generator;
  /** As in the run. */
  readonly rowsPerJob: number;
  /** As in the run. */
  readonly staleness: number;
  /** By step, for each of its slices the number of the step after which the weights stood that drew it: what `readDraws` of `@cai/run-log` gives. */
  readonly drawnAfter: ReadonlyMap<number, readonly number[]>;
}

/**
 * Draws here, and again, what workers drew for a run with `staleness`: each slice with the weights of the step that its record names. A trainer that is
 * given it makes the run's bytes again.
 *
 * @throws DistributedError `bad-option`
 *
 * @example
 * const record = { rowsPerJob: 8, staleness: 2, drawnAfter: await readDraws("runs/spread") };
 * const trainer = await PPOTrainer.create({ policy, rewardModel, generator: recordedRollouts({ generator: policy, ...record }) });
 */
export function recordedRollouts({ generator, rowsPerJob, staleness, drawnAfter: record }: RecordedRolloutsOptions): Generator {
  const lookahead = checkStaleness(staleness);
  const sliced = slicedGenerator({ generator, rowsPerJob });
  /** Slices of steps to come, by step and place. */
  const ahead = new Map<number, Map<number, Generation>>();
  let upcoming: readonly ForeseenPrompts[] | undefined;
  let last: { readonly step: number; readonly drawnAfter: readonly number[] } | undefined;

  /** Draws those slices of a step that were drawn with the weights as they now are. */
  async function drawDue(step: number, slices: readonly Slice[], now: number): Promise<Map<number, Generation>> {
    const drawn = ahead.get(step) ?? new Map<number, Generation>();
    ahead.set(step, drawn);
    for (const [place, slice] of slices.entries())
      if (record.get(step)?.[place] === now) drawn.set(place, await generator.generate(slice.prompts, slice.sampling));
    return drawn;
  }

  return {
    drawsAsPolicy: staleness === 0 && sliced.drawsAsPolicy === true,
    lookahead,
    foresee(next) {
      upcoming = next;
    },
    async generate(prompts: TokenBatch, sampling: SamplingOptions): Promise<Generation> {
      const next = upcoming;
      upcoming = undefined;
      if (next === undefined || lookahead === 0) return sliced.generate(prompts, sampling);
      const { step } = sampling.draws;
      const now = step - 1;
      const slices = sliceRows(prompts, sampling, rowsPerJob);
      const recorded = record.get(step);
      if (recorded?.length !== slices.length)
        refuse(`step ${step} is of ${slices.length} slices, and the record holds ${recorded?.length ?? "none"} of it`);
      const drawn = await drawDue(step, slices, now);
      for (const { prompts: later, sampling: how } of next) await drawDue(how.draws.step, sliceRows(later, how, rowsPerJob), now);
      ahead.delete(step);
      const generations = slices.map((_, place) => {
        const generation = drawn.get(place);
        if (generation === undefined)
          refuse(`slice ${place + 1} of step ${step} was drawn with the weights after step ${recorded![place]}, which were not seen here`);
        return generation!;
      });
      last = { step, drawnAfter: recorded! };
      return joinGenerations(generations);
    },
    metrics: () => ({ ...generator.metrics?.(), ...(last && stalenessMetrics(last.step, last.drawnAfter)) }),
    drawnAfter: () => last?.drawnAfter,
  };
}

function refuse(what: string): never {
  throw new DistributedError("bad-record", `${what}: make the run again from its beginning, with its own options and record`);
}
