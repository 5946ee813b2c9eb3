import { whyOutOfReach } from "@cai/whole-file/system";
import { described } from "./check-parts.ts";
import { TrainingError } from "./error.ts";
import { refuseUnknownOptions } from "./refuse-unknown-options.ts";
import type { TrainOptions } from "./stage-trainer.ts";

/** The names that `train` and `steps` know. */
export interface TrainOptionNames {
  readonly options: readonly string[];
  readonly callbacks: readonly string[];
}

const optionNames = Object.keys({
  steps: true,
  out: true,
  resume: true,
  overwrite: true,
  allowChanges: true,
  signal: true,
  evaluationData: true,
  callbacks: true,
  config: true,
} satisfies Record<keyof TrainOptions<never, never, never>, true>);
const callbackNames = Object.keys({
  onStep: true,
  onEvaluation: true,
  onCheckpoint: true,
  onNotice: true,
} satisfies Record<keyof NonNullable<TrainOptions<never, never, never>["callbacks"]>, true>);

/** Those of every trainer. */
export const trainOptionNames: TrainOptionNames = { options: optionNames, callbacks: callbackNames };

/**
 * Checks how `train` and `steps` are to run.
 *
 * @param names what they know.
 * @param ofTrainer options and parts of the trainer, which belong to `create`.
 * @throws TrainingError `invalid-option`.
 */
export function checkTrainOptions(
  options: Pick<TrainOptions<never, never, never>, "out" | "resume" | "overwrite" | "config"> & { readonly callbacks?: object },
  names: TrainOptionNames,
  ofTrainer: readonly string[],
): void {
  const { out, resume, overwrite, callbacks = {}, config } = options;
  const refuse = (message: string) => {
    throw new TrainingError("invalid-option", message);
  };
  const ofCreate = ofTrainer.filter((name) => !names.options.includes(name));
  refuseUnknownOptions(options, names.options, { create: ofCreate, callbacks: names.callbacks });
  refuseUnknownOptions(callbacks, names.callbacks);
  for (const [name, callback] of Object.entries(callbacks))
    if (callback !== undefined && typeof callback !== "function") refuse(`${name} is ${described(callback)}; expected a function`);
  if (out !== undefined && (typeof out !== "string" || out === "")) refuse(`out is ${described(out)}; expected the path of a folder`);
  const outOfReach = out === undefined ? undefined : whyOutOfReach(out);
  if (outOfReach !== undefined) refuse(`out is ${described(out)}, and ${outOfReach}`);
  if (resume && out === undefined) refuse("resume wants out, the folder of the run to go on with");
  if (overwrite && out === undefined) refuse("overwrite wants out, the folder of the run to start over");
  try {
    JSON.stringify(config);
  } catch (cause) {
    refuse(`config can't be kept as JSON: ${(cause as Error).message}`);
  }
}
