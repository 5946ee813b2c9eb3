import type { StepResult } from "./step-result.ts";

/** One line on a terminal that says how far a run is; `end` leaves the last state standing. */
export function progressLine(steps: number, stream: NodeJS.WriteStream = process.stderr): { show(result: StepResult): void; end(): void } {
  const began = performance.now();
  let shown = 0;
  return {
    show({ step, meanReward, kl, metrics }) {
      shown++;
      const left = ((performance.now() - began) / shown / 1000) * (steps - step);
      const line =
        `step ${step}/${steps}  reward ${meanReward.toFixed(3)}  kl ${kl.toFixed(3)}  ` +
        `${(metrics["time/total"] ?? 0).toFixed(1)} s a step, ${Math.ceil(left)} s left`;
      stream.write(`\r${line}\u001b[K`);
    },
    end() {
      if (shown > 0) stream.write("\n");
    },
  };
}
