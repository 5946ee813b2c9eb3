import { type Checkpoint, type TensorSource, writeCheckpoint } from "@cai/checkpoint";
import type { ModelIdentity, Parameter } from "@cai/contracts";
import type { KlControllerState } from "@cai/kl";
import * as tf from "@tensorflow/tfjs-core";
import { TrainerError } from "./error.ts";
import type { Optimizer, Parts } from "./parts.ts";
import type { RunningMomentsState } from "./running-moments.ts";
import type { TrainingStatistics } from "./statistics.ts";

/** What must be the same for a run to go on as it would have. */
export interface RunIdentity {
  readonly seed: number;
  /** Of the policy at its start: what it has beside its parameters (with an adapter: the base and the scale) is in no checkpoint. */
  readonly policy: ModelIdentity;
  /** Of the weights that the KL is measured against. */
  readonly reference: ModelIdentity;
  /** Of the prompts in their order; null where steps were made one by one. */
  readonly promptsSha256: string | null;
}

/** Everything about a trainer that is not a tensor and that changes the bytes to come. */
export interface TrainerState extends RunIdentity {
  readonly format: 2;
  /** Steps completed. Every draw and the data order are functions of the seed and this. */
  readonly step: number;
  readonly klController: KlControllerState;
  readonly scoreMoments: RunningMomentsState;
  readonly optimizerSteps: readonly number[];
  readonly statistics: TrainingStatistics;
}

/** What of a trainer's parts holds tensors that training changes. */
export type TrainedParts = Pick<Parts, "policy" | "valueModel" | "optimizers">;

const policyFile = "policy.safetensors";
const valueFile = "value.safetensors";
const momentsFile = (index: number) => `optimizer-${index}.safetensors`;

/** Writes a complete state; tensors are read one at a time. */
export async function writeTrainerState(
  directory: string,
  state: TrainerState,
  { policy, valueModel, optimizers }: TrainedParts,
  keep?: number,
): Promise<void> {
  const sources: Record<string, TensorSource> = {
    [policyFile]: parameterSource(policy.parameters.values()),
    [valueFile]: parameterSource(valueModel.parameters.values()),
  };
  optimizers.forEach((optimizer, index) => {
    sources[momentsFile(index)] = momentSource(optimizer);
  });
  await writeCheckpoint({ directory, state, tensors: sources, ...(keep !== undefined && { keep }) });
}

/**
 * The state of a checkpoint, once it is known to be of the same run.
 *
 * @throws TrainerError `checkpoint-mismatch` for another format, seed, policy, reference or list of prompts.
 */
export function checkState({ directory, state }: Checkpoint, expected: RunIdentity): TrainerState {
  const found = state as TrainerState;
  const refuse = (what: string) => {
    throw new TrainerError("checkpoint-mismatch", `${directory} ${what}`);
  };
  if (found?.format !== 2) refuse(`has the format ${JSON.stringify(found?.format)}; expected 2, as this version writes it`);
  if (found.seed !== expected.seed) refuse(`is of a run with seed ${found.seed}; this one has ${expected.seed}`);
  for (const model of ["policy", "reference"] as const)
    if (found[model].sha256 !== expected[model].sha256)
      refuse(`is of a run whose ${model} is ${described(found[model])}; this one's is ${described(expected[model])}. Start from the same`);
  if (found.promptsSha256 !== null && expected.promptsSha256 !== null && found.promptsSha256 !== expected.promptsSha256)
    refuse("is of a run on other prompts, or in another order; give the same ones");
  return found;
}

const described = ({ source, sha256 }: ModelIdentity): string => `${source} (${sha256.slice(0, 12)}…)`;

/**
 * Puts a checkpoint's tensors in place. Names and shapes are all checked before the first weight changes.
 *
 * @throws TrainerError `checkpoint-mismatch` where the checkpoint is of another model, optimizer or version.
 */
export async function restoreTensors(
  checkpoint: Checkpoint,
  state: TrainerState,
  { policy, valueModel, optimizers }: TrainedParts,
): Promise<void> {
  const files: { file: Awaited<ReturnType<Checkpoint["openTensors"]>>; parameters: Parameter<tf.Tensor>[] }[] = [];
  try {
    for (const [name, model] of [
      [policyFile, policy],
      [valueFile, valueModel],
    ] as const) {
      const entry = { file: await checkpoint.openTensors(name), parameters: [...model.parameters.values()] };
      files.push(entry);
      refuseOtherParameters(checkpoint.directory, name, entry.file.tensors, entry.parameters);
    }
    if (state.optimizerSteps.length !== optimizers.length)
      throw new TrainerError(
        "checkpoint-mismatch",
        `${checkpoint.directory} was written with ${state.optimizerSteps.length} optimizers, this trainer has ${optimizers.length}; ` +
          "give valueLearningRate as in the run that wrote it",
      );
    for (const { file, parameters } of files)
      for (const parameter of parameters) {
        parameter.assign(tf.tensor(await file.readFloat32(parameter.name), [...parameter.shape], "float32"));
      }
    for (const [index, optimizer] of optimizers.entries()) await restoreMoments(checkpoint, index, optimizer, state.optimizerSteps[index]!);
  } finally {
    for (const { file } of files) await file.close();
  }
}

function refuseOtherParameters(
  directory: string,
  name: string,
  stored: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  parameters: readonly Parameter<tf.Tensor>[],
): void {
  const refuse = (what: string) => {
    throw new TrainerError("checkpoint-mismatch", `${directory}/${name} ${what}; load the policy that the run was started with`);
  };
  for (const { name: parameter, shape } of parameters) {
    const found = stored.get(parameter);
    if (found === undefined) refuse(`has no tensor ${parameter}, which the policy has`);
    else if (found.shape.join() !== shape.join()) refuse(`holds ${parameter} of shape [${found.shape}], the policy's is [${shape}]`);
  }
  if (stored.size !== parameters.length) refuse(`holds ${stored.size} tensors, the policy has ${parameters.length}`);
}

function parameterSource(parameters: Iterable<Parameter<tf.Tensor>>): TensorSource {
  const byName = new Map([...parameters].map((parameter) => [parameter.name, parameter]));
  return {
    entries: [...byName.values()].map(({ name, shape }) => ({ name, dtype: "F32" as const, shape: [...shape] })),
    data: (name) => byName.get(name)!.value.data<"float32">(),
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
