import { type Checkpoint, CheckpointError } from "@cai/checkpoint";
import type { ModelIdentity } from "@cai/contracts";
import { described } from "./check-parts.ts";
import { TrainingError } from "./error.ts";
import type { RunIdentity } from "./stage.ts";
import type { StageState } from "./stage-state.ts";

/**
 * The state of a checkpoint, once it is known to be one, and of the same run. A checkpoint's seal tells that nothing has changed in it since it
 * was written, not that what was written is right.
 *
 * @throws TrainingError `checkpoint-mismatch` for another format, seed, model or data; CheckpointError `broken` for what is no state.
 */
export function checkStageState({ directory, state }: Pick<Checkpoint, "directory" | "state">, expected: RunIdentity): StageState {
  const refuse = (what: string) => {
    throw new TrainingError("checkpoint-mismatch", `${directory} ${what}`);
  };
  if (!isObject(state)) throw notState(directory, `the state is ${described(state)}`);
  if (state.format !== 3) refuse(`has the format ${JSON.stringify(state.format)}; expected 3, as this version writes it`);
  const wrong = shape.find(({ name, isRight }) => !isRight(state[name]));
  if (wrong !== undefined) throw notState(directory, `${wrong.name} is ${described(state[wrong.name])}; expected ${wrong.expected}`);
  const found = state as unknown as StageState;
  const { seed, models, dataSha256 } = found.identity;
  if (seed !== expected.seed) refuse(`is of a run with seed ${seed}; this one has ${expected.seed}`);
  for (const [name, model] of Object.entries(expected.models)) {
    const before = Object.hasOwn(models, name) ? models[name] : undefined;
    if (before?.sha256 !== model.sha256)
      refuse(`is of a run whose ${name} is ${before ? named(before) : "none"}; this one's is ${named(model)}. Start from the same`);
  }
  if (dataSha256 !== null && expected.dataSha256 !== null && dataSha256 !== expected.dataSha256)
    refuse("is of a run on other data, or in another order; give the same");
  return found;
}

/** What a checkpoint says that holds something else than a state. */
export function notState(directory: string, what: string, cause?: unknown): CheckpointError {
  const message = `The checkpoint ${directory} holds no state that training goes on from: ${what}. Use an earlier checkpoint.`;
  return new CheckpointError("broken", message, { cause });
}

/**
 * Numbers of a state by name, all finite: what a stage's `restore` is given comes from a file.
 *
 * @throws TrainingError `invalid-state`
 */
export function stateNumbers<Name extends string>(what: string, value: unknown, names: readonly Name[]): Record<Name, number> {
  const wrong = names.find((name) => !isObject(value) || !Object.hasOwn(value, name) || !Number.isFinite(value[name]));
  if (wrong === undefined)
    return Object.fromEntries(names.map((name) => [name, (value as Record<Name, number>)[name]])) as Record<Name, number>;
  const given = isObject(value) ? `${what}.${wrong} is ${described(value[wrong])}` : `${what} is ${described(value)}`;
  throw new TrainingError(
    "invalid-state",
    `${given}; expected ${isObject(value) ? "a finite number" : `an object with ${names.join(", ")}`}`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const named = ({ source, sha256 }: ModelIdentity): string => `${source} (${sha256.slice(0, 12)}…)`;
const isHash = (value: unknown): boolean => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isModel = (value: unknown): boolean => isObject(value) && typeof value.source === "string" && isHash(value.sha256);

/** The fields beside `format`. */
const shape: readonly { readonly name: keyof StageState; readonly expected: string; readonly isRight: (value: unknown) => boolean }[] = [
  { name: "step", expected: "a number of steps", isRight: isCount },
  {
    name: "identity",
    expected: "seed, models with source and sha256, dataSha256",
    isRight: (value) =>
      isObject(value) &&
      isCount(value.seed) &&
      isObject(value.models) &&
      Object.values(value.models).every(isModel) &&
      (value.dataSha256 === null || isHash(value.dataSha256)),
  },
  { name: "optimizerSteps", expected: "a list of numbers of updates", isRight: (value) => Array.isArray(value) && value.every(isCount) },
  { name: "stage", expected: "an object", isRight: isObject },
  {
    name: "unrecorded",
    expected: "a step's metrics and samples, or nothing",
    isRight: (value) =>
      value === undefined ||
      (isObject(value) &&
        isCount(value.step) &&
        isObject(value.metrics) &&
        Array.isArray(value.samples) &&
        (value.drawnAfter === undefined || (Array.isArray(value.drawnAfter) && value.drawnAfter.every(isCount)))),
  },
  {
    name: "streaks",
    expected: "numbers of steps by name, or nothing",
    isRight: (value) => value === undefined || (isObject(value) && isCount(value.failed) && isCount(value.equalScores)),
  },
];
