import type { PipelineStage } from "./stage.ts";

/** Tells the time left of a pipeline from the work that was done since it started. */
export interface PipelinePace {
  /** A stage was found done, and is no work. */
  skip(index: number): void;
  /** While so much of a stage is done and all before it; undefined until some work is. */
  secondsLeft(index: number, share: number): number | undefined;
}

/** @param now in milliseconds. */
export function pipelinePace(stages: readonly Pick<PipelineStage, "work">[], now: () => number = () => performance.now()): PipelinePace {
  const began = now();
  const work = stages.map((stage) => stage.work);
  return {
    skip: (index) => {
      work[index] = 0;
    },
    secondsLeft(index, share) {
      const total = sum(work);
      const done = sum(work.slice(0, index)) + share * work[index]!;
      if (done === total) return 0;
      return done === 0 ? undefined : ((now() - began) / 1000 / done) * (total - done);
    },
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
