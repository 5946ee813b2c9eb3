import type { OptionTable } from "@cai/training";

/** From the reward model's scores to those that are trained on. */
export interface ScoreSettings {
  missingEosPenalty: number;
  rewardScaling: "none" | "scale" | "normalize";
  rewardClip: number;
}

export const scoreOptions: OptionTable<ScoreSettings> = {
  missingEosPenalty: { default: 0, min: 0, describe: "taken from the score of a response without an end of text" },
  rewardScaling: {
    default: "none",
    choices: ["none", "scale", "normalize"],
    describe: "scores divided by their running deviation ('normalize': less their running mean first)",
  },
  rewardClip: { default: 0, min: 0, describe: "scores are clipped to ± this (0: off)" },
};
