import { factorOrNone, least, type OptionTable } from "@cai/training";

/** From the reward model's scores to those that are trained on. */
export interface ScoreSettings {
  missingEosPenalty: number;
  rewardScaling: "none" | "scale" | "normalize";
  rewardClip: number;
}

export const scoreOptions: OptionTable<ScoreSettings> = {
  missingEosPenalty: {
    default: 0,
    ...factorOrNone,
    describe: "taken from the score of a response that was cut, without an end of text, stop token or stop text",
  },
  rewardScaling: {
    default: "none",
    choices: ["none", "scale", "normalize"],
    describe: "scores divided by their running deviation, 1 while all are equal ('normalize': less their running mean first)",
  },
  rewardClip: { default: 0, min: least, zeroIsOff: true, describe: "scores are clipped to ± this (0: off)" },
};
