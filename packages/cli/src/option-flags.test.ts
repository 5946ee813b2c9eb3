import { Command } from "commander";
import { expect, test } from "vitest";
import { addOptionFlags } from "./option-flags.ts";

const table = {
  batchSize: { default: 4, describe: "rows" },
  schedule: { default: "constant", choices: ["constant", "linear"], describe: "rate" },
  keepBest: { default: "", describe: "metric" },
  stopTokenIds: { default: [], describe: "ids" },
};
const read = (...argv: string[]) =>
  addOptionFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }), table)
    .parse(argv, { from: "user" })
    .opts();

test("an option is a flag that takes what its default is: a number, a choice, any text, a list", () => {
  const argv = ["--batch-size", "8", "--schedule", "linear", "--keep-best", "eval/loss:min", "--stop-token-ids", "1,2"];
  expect(read(...argv)).toEqual({ batchSize: 8, schedule: "linear", keepBest: "eval/loss:min", stopTokenIds: [1, 2] });
  expect(() => read("--batch-size", "many")).toThrow("expected a number");
  expect(() => read("--schedule", "many")).toThrow("constant, linear");
});

test("the help names each default, also where it is nothing", () => {
  const help = addOptionFlags(new Command(), table).helpInformation();
  for (const line of [
    /--keep-best <name> +metric \(default: none\)/,
    /--stop-token-ids .+\(default: none\)/,
    /--batch-size .+\(default: 4\)/,
  ])
    expect(help).toMatch(line);
});
