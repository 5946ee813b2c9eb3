import type { MeasuredCosts } from "./measured-costs.ts";
import { cases, scenarioOf } from "./scenarios.ts";
import { simulate } from "./simulate.ts";

/** Rollouts that were measured, and what the simulation says of them. In seconds; the error is a share. */
export interface Reproduction {
  readonly what: string;
  readonly workers: number;
  readonly measured: number;
  readonly simulated: number;
  readonly error: number;
}

/**
 * The measured rollouts by one worker and by two, from costs that were measured apart from them. Two workers of one machine draw, and load, as much slower
 * as two processes without an engine draw.
 */
export function reproductions(measured: MeasuredCosts): Reproduction[] {
  const [throughput] = measured.throughput;
  const { fullWeights } = measured;
  const { call, row, token, rowToken } = measured.draw;
  const { firstSeconds, secondSeconds } = throughput!.pairs;
  return [
    reproduce("rollouts", false, throughput!, [firstSeconds, secondSeconds]),
    reproduce("rollouts after all weights changed", true, fullWeights, [fullWeights.oneSeconds, fullWeights.twoSeconds]),
  ].flat();

  function reproduce(
    what: string,
    loads: boolean,
    { rows, rowsPerJob, tokensPerRow }: { readonly rows: number; readonly rowsPerJob: number; readonly tokensPerRow: number },
    seconds: readonly [number, number],
  ): Reproduction[] {
    return seconds.map((found, index) => {
      const workers = index + 1;
      const scenario = scenarioOf(measured, cases.at(-1)!, { workers, rowsPerJob, learner: 1 });
      const { bytes, loadSeconds } = scenario.weights;
      const slower = workers === 1 ? 1 : workers / throughput!.machineShare;
      const draw = { call: slower * call, row: slower * row, token: slower * token, rowToken: slower * rowToken };
      // On one machine Redis has no network, and what was measured begins when the weights are published.
      const weights = {
        bytes: loads ? bytes : 0,
        bytesPerSecond: measured.redisBytesPerSecond,
        publishSeconds: 0,
        loadSeconds: slower * loadSeconds,
      };
      const { stepSeconds } = simulate({ ...scenario, draw, rows, lengths: [tokensPerRow], updateSeconds: 0, weights });
      return { what, workers, measured: found, simulated: stepSeconds, error: stepSeconds / found - 1 };
    });
  }
}
