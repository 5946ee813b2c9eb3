import { OptimError } from "./error.ts";

/** Refuses options that are negative or not finite. */
export function checkNumbers(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    if (!(value >= 0 && Number.isFinite(value))) throw new OptimError("bad-option", `${name} is ${value}: pass a finite number from 0 on.`);
}

/** Refuses a learning rate that float32 can't hold once it is corrected for the bias of the first moment, or times the weight decay. */
export function checkUpdate(update: Readonly<Record<"learningRate" | "beta1" | "weightDecay" | "step", number>>): void {
  const { learningRate, beta1, weightDecay, step } = update;
  for (const factor of [learningRate / (1 - beta1 ** step), learningRate * weightDecay])
    if (!Number.isFinite(Math.fround(factor)))
      throw new OptimError(
        "bad-option",
        `learningRate ${learningRate} with beta1 ${beta1} and weightDecay ${weightDecay} exceeds float32 in step ${step}: pass smaller ones.`,
      );
}
