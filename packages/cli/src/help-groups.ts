import { samplingOptions, scoreOptions } from "@cai/rollouts";
import { batchOptions, guardOptions, optimizerOptions, runOptions } from "@cai/training";
import type { Command } from "commander";

/** What a command's help calls its groups of options, whichever trainer they are of. */
export const helpGroups = {
  reward: "The reward:",
  policy: "The policy:",
  run: "The run:",
  batch: "The batch of a step:",
  sampling: "How responses are drawn:",
  scores: "What becomes of scores:",
  optimizer: "The optimizer:",
  guards: "When to stop by itself:",
  workers: "On other machines:",
  label: "Who answers questions, with the role label:",
} as const;

const tables: readonly (readonly [heading: string, table: object])[] = [
  [helpGroups.run, runOptions],
  [helpGroups.batch, batchOptions],
  [helpGroups.sampling, samplingOptions],
  [helpGroups.scores, scoreOptions],
  [helpGroups.optimizer, optimizerOptions],
  [helpGroups.guards, guardOptions],
];

/** The group of an option that several trainers share; undefined for those of one alone. */
export const groupOf = (name: string): string | undefined => tables.find(([, table]) => Object.hasOwn(table, name))?.[0];

/** Adds options that stand below a heading; those that come later don't. */
export function addGroup(command: Command, heading: string, add: (command: Command) => Command): Command {
  return add(command.optionsGroup(heading)).optionsGroup("");
}
