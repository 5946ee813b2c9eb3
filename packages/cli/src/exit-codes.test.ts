import { CaiError } from "@cai/contracts";
import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { CliError } from "./error.ts";
import { exitCodeOf, readingInput } from "./exit-codes.ts";

test("errors map to exit codes: help 0, wrong use 2, a signal 128 and its number, the rest 1", () => {
  expect(exitCodeOf(new CommanderError(0, "commander.helpDisplayed", ""))).toBe(0);
  expect(exitCodeOf(new CommanderError(1, "commander.unknownOption", ""))).toBe(2);
  expect(exitCodeOf(new CliError("usage", ""))).toBe(2);
  for (const [cause, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129], ["SIGQUIT", 131]] as const) // biome-ignore format: a line
    expect(exitCodeOf(new CliError("interrupted", "", { cause }))).toBe(code);
  expect(exitCodeOf(new CliError("stray", ""))).toBe(1);
  for (const code of ["run-exists", "file-exists", "no-run", "no-checkpoint", "options-changed", "locked", "cannot-lock"])
    expect(exitCodeOf(new CaiError(code, ""))).toBe(2);
  expect(exitCodeOf(new CaiError("non-finite", ""))).toBe(1);
  expect(exitCodeOf(new Error("a bug"))).toBe(1);
});

test("while input is read, errors thrown on purpose are wrong input; a bug stays a bug", async () => {
  const thrown = (error: Error): Promise<unknown> =>
    readingInput(() => {
      throw error;
    }).catch((caught: unknown) => caught);
  expect(await thrown(new CaiError("missing-file", "no config.json"))).toMatchObject({ code: "usage", message: "no config.json" });
  const missing = Object.assign(new Error("ENOENT: x"), { errno: -2, syscall: "open", code: "ENOENT" });
  expect(await thrown(missing)).toMatchObject({ code: "usage", message: "ENOENT: x" });
  const bug = new TypeError("undefined is not a function");
  expect(await thrown(bug)).toBe(bug);
});
