import { TrainingError } from "./error.ts";
import { count, countOrNone, type OptionTable } from "./option-table.ts";

/** How a step's rows are cut into optimizer steps and passes. */
export interface BatchSettings {
  batchSize: number;
  epochs: number;
  minibatchSize: number;
  microbatchSize: number;
}

export const batchOptions: OptionTable<BatchSettings> = {
  batchSize: { default: 4, ...count, describe: "rows a step" },
  epochs: { default: 4, ...count, describe: "passes over each batch" },
  minibatchSize: { default: 0, ...countOrNone, describe: "rows an optimizer step (0: the whole batch)" },
  microbatchSize: { default: 0, ...countOrNone, describe: "rows a forward and backward pass; gradients add up (0: the whole minibatch)" },
};

/** @throws TrainingError `invalid-option` for sizes of which one is no part of the other. */
export function refuseUnevenBatches({ batchSize, minibatchSize, microbatchSize }: Omit<BatchSettings, "epochs">): void {
  const refuse = (message: string) => {
    throw new TrainingError("invalid-option", message);
  };
  if (minibatchSize > batchSize) refuse(`minibatchSize ${minibatchSize} exceeds batchSize ${batchSize}`);
  if (minibatchSize > 0 && batchSize % minibatchSize !== 0)
    refuse(`batchSize ${batchSize} is not a multiple of minibatchSize ${minibatchSize}`);
  const minibatch = minibatchSize || batchSize;
  if (microbatchSize > 0 && minibatch % microbatchSize !== 0)
    refuse(`a minibatch of ${minibatch} rows is not a multiple of microbatchSize ${microbatchSize}`);
}

/** Rows of an optimizer step and of a pass, for a batch of so many rows. */
export function batchRows({ minibatchSize, microbatchSize }: Pick<BatchSettings, "minibatchSize" | "microbatchSize">, rows: number) {
  const minibatchRows = Math.min(minibatchSize || rows, rows);
  return { minibatchRows, microbatchRows: Math.min(microbatchSize || minibatchRows, minibatchRows) };
}
