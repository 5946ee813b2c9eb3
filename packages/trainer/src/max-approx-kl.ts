import type { OptionSpec } from "@cai/training";

/** The limit of a step's own updates, of every trainer that makes several on one batch. */
export const maxApproxKl: OptionSpec<number> = {
  default: 0,
  min: 0,
  describe: "the passes over a step's batch end before an update whose approximate KL to the policy before the step exceeds this (0: off)",
};
