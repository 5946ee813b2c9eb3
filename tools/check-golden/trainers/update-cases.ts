import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CaseResult, check, fail, skip } from "../case.ts";
import type { Comparison } from "../compare.ts";
import { compareNumbers } from "../compare.ts";
import { tolerances } from "../tolerances.ts";
import { compareGradients, compareWeights } from "./compare-updates.ts";
import type { UpdateCase } from "./update-file.ts";
import type { WatchedUpdate } from "./watch-updates.ts";

/** What a trainer's own step gave. */
export interface TrainerRun {
  readonly metrics: Readonly<Record<string, number>>;
  readonly updates: readonly WatchedUpdate[];
}

type AnyCase = Pick<UpdateCase<unknown, unknown>, "name" | "model" | "params" | "expected">;

/** A step of training: its metrics; and of each optimizer step the gradients and the weights after it. */
export async function* updateCases<Case extends AnyCase>(
  file: string,
  folder: string,
  one: Case,
  {
    run,
    compareMetrics,
  }: {
    readonly run: (directory: string, one: Case) => Promise<TrainerRun>;
    readonly compareMetrics: (metrics: TrainerRun["metrics"], one: Case) => readonly Comparison[];
  },
): AsyncGenerator<CaseResult> {
  const name = `update: ${one.name}`;
  const directory = join(folder, one.model);
  if (!existsSync(directory)) {
    yield skip(file, name, `it runs on the model in ${one.model}/, which this folder does not have`);
    return;
  }
  const golden = one.expected.updates;
  try {
    const { metrics, updates } = await run(directory, one);
    if (updates.length !== golden.length) throw new Error(`${updates.length} optimizer steps were made, ${golden.length} expected`);
    yield await check(file, `${name}: loss and metrics`, () => compareMetrics(metrics, one));
    for (const [index, expected] of golden.entries()) {
      yield await check(file, `${name}: gradients ${index + 1}`, () => compareGradients(updates[index]!, expected));
      yield await check(file, `${name}: weights ${index + 1}`, () =>
        compareWeights(updates.slice(0, index + 1), golden.slice(0, index + 1), one.params),
      );
    }
  } catch (error) {
    yield fail(file, name, error);
  }
}

/** Of a step with one update: its loss, and what has the same name in both. */
export function compareOneUpdate(metrics: TrainerRun["metrics"], { expected }: AnyCase): Comparison[] {
  const { loss, gradNorm, metrics: golden } = expected.updates[0]!;
  const shared = Object.keys(golden).filter((name) => name in metrics);
  return [
    compareNumbers("loss", metrics.loss!, loss, tolerances.trlLarge),
    compareNumbers("grad_norm", metrics.grad_norm!, gradNorm, { limit: tolerances.gradientNorm.limit, scaled: true }),
    ...shared.map((name) => compareNumbers(name, metrics[name]!, golden[name], { limit: tolerances.logprobs.limit, scaled: true })),
  ];
}
