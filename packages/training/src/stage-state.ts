import { type Checkpoint, type CheckpointContents, type TensorSource, writeCheckpoint } from "@cai/checkpoint";
import type { Parameter } from "@cai/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { TrainingError } from "./error.ts";
import type { Optimizer } from "./optimizer.ts";
import type { StepStreaks } from "./run-guards.ts";
import type { Json, RunIdentity, StepReport, TrainedTensors } from "./stage.ts";
import type { StoredMetrics } from "./stored-metrics.ts";

/** Everything about a stage that is not a tensor and that changes the bytes to come: the `state.json` of a checkpoint. */
export interface StageState {
  readonly format: 3;
  /** Steps completed. Every draw and the data order are functions of the seed and this. */
  readonly step: number;
  readonly identity: RunIdentity;
  readonly optimizerSteps: readonly number[];
  /** The stage's own. */
  readonly stage: { readonly [name: string]: Json };
  /** The newest step, where it is in no log yet: its evaluation, or the log, failed. */
  readonly unrecorded?: Pick<StepReport, "step" | "samples" | "drawnAfter"> & { readonly metrics: StoredMetrics };
  /** Of the run, where it was written by one. */
  readonly streaks?: StepStreaks;
}

const momentsFile = (index: number) => `optimizer-${index}.safetensors`;

/** Writes a complete state; tensors are read one at a time. */
export async function writeStageState(
  directory: string,
  { step, identity, stage, unrecorded, streaks }: Omit<StageState, "format" | "optimizerSteps">,
  { models, optimizers }: TrainedTensors,
  { keep, spare }: Pick<CheckpointContents, "keep" | "spare"> = {},
): Promise<void> {
  const tensors: Record<string, TensorSource> = {};
  for (const [file, parameters] of Object.entries(models)) tensors[file] = parameterSource(parameters);
  optimizers.forEach((optimizer, index) => {
    tensors[momentsFile(index)] = momentSource(optimizer);
  });
  const optimizerSteps = optimizers.map(({ adamW }) => adamW.stepCount);
  const state: StageState = {
    format: 3,
    step,
    identity,
    optimizerSteps,
    stage,
    ...(unrecorded && { unrecorded }),
    ...(streaks && { streaks }),
  };
  await writeCheckpoint({ directory, state, tensors, ...(keep !== undefined && { keep }), ...(spare !== undefined && { spare }) });
}

/**
 * Puts a checkpoint's tensors in place. Names and shapes are all checked before the first weight changes.
 *
 * @throws TrainingError `checkpoint-mismatch` where the checkpoint is of another model, optimizer or version.
 */
export async function restoreTensors(
  checkpoint: Checkpoint,
  { optimizerSteps }: Pick<StageState, "optimizerSteps">,
  { models, optimizers }: TrainedTensors,
): Promise<void> {
  const opened: { file: Awaited<ReturnType<Checkpoint["openTensors"]>>; parameters: readonly Parameter<tf.Tensor>[] }[] = [];
  try {
    for (const [name, model] of Object.entries(models)) {
      const entry = { file: await checkpoint.openTensors(name), parameters: [...model.values()] };
      opened.push(entry);
      refuseOtherParameters(`${checkpoint.directory}/${name}`, entry.file.tensors, entry.parameters);
    }
    if (optimizerSteps.length !== optimizers.length)
      throw new TrainingError(
        "checkpoint-mismatch",
        `${checkpoint.directory} was written with ${optimizerSteps.length} optimizers, this trainer has ${optimizers.length}; ` +
          "give the learning rates as in the run that wrote it",
      );
    for (const { file, parameters } of opened)
      for (const parameter of parameters)
        parameter.assign(tf.tensor(await file.readFloat32(parameter.name), [...parameter.shape], "float32"));
    for (const [index, optimizer] of optimizers.entries()) await restoreMoments(checkpoint, index, optimizer, optimizerSteps[index]!);
  } finally {
    for (const { file } of opened) await file.close();
  }
}

function refuseOtherParameters(
  where: string,
  stored: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  parameters: readonly Parameter<tf.Tensor>[],
): void {
  const refuse = (what: string) => {
    throw new TrainingError("checkpoint-mismatch", `${where} ${what}; load the model that the run was started with`);
  };
  for (const { name, shape } of parameters) {
    const found = stored.get(name);
    if (found === undefined) refuse(`has no tensor ${name}, which the model has`);
    else if (found.shape.join() !== shape.join()) refuse(`holds ${name} of shape [${found.shape}], the model's is [${shape}]`);
  }
  if (stored.size !== parameters.length) refuse(`holds ${stored.size} tensors, the model has ${parameters.length}`);
}

function parameterSource(parameters: ReadonlyMap<string, Parameter<tf.Tensor>>): TensorSource {
  return {
    entries: [...parameters.values()].map(({ name, shape }) => ({ name, dtype: "F32" as const, shape: [...shape] })),
    data: (name) => parameters.get(name)!.value.data<"float32">(),
  };
}

const firstMoment = (name: string) => `${name}.exp_avg`;
const secondMoment = (name: string) => `${name}.exp_avg_sq`;

function momentSource({ adamW, parameters }: Optimizer): TensorSource {
  const reading = adamW.moments();
  let second: { name: string; data: Float32Array } | undefined;
  return {
    entries: parameters.flatMap(({ name, shape }) =>
      [firstMoment(name), secondMoment(name)].map((entry) => ({ name: entry, dtype: "F32" as const, shape: [...shape] })),
    ),
    // Written in the order of the entries: each parameter's moments come as a pair, the second one waits for its turn.
    data: async (name) => {
      if (second?.name === name) return second.data;
      const { value } = await reading.next();
      if (value === undefined || firstMoment(value.name) !== name) throw new Error(`moments out of order at ${name}`);
      second = { name: secondMoment(value.name), data: value.expAvgSq };
      return value.expAvg;
    },
  };
}

async function restoreMoments(checkpoint: Checkpoint, index: number, { adamW, parameters }: Optimizer, stepCount: number): Promise<void> {
  const file = await checkpoint.openTensors(momentsFile(index));
  try {
    const moments = async function* () {
      for (const { name, shape } of parameters) {
        const expAvg = await file.readFloat32(firstMoment(name));
        const expAvgSq = await file.readFloat32(secondMoment(name));
        yield { name, shape, expAvg, expAvgSq };
      }
    };
    await adamW.restore({ stepCount, moments: moments() });
  } finally {
    await file.close();
  }
}
