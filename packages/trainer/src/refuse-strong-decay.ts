import { TrainingError } from "@cai/training";

/** Refuses a weight decay that would take a whole weight, or more, in one step at this learning rate. */
export function refuseStrongDecay(weightDecay: number, learningRate: number): void {
  const share = learningRate * weightDecay;
  if (share >= 1)
    throw new TrainingError(
      "invalid-option",
      `weightDecay ${weightDecay} times the learning rate ${learningRate} is ${share}; expected less than 1, ` +
        "from which on a step turns weights around",
    );
}
