import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "../../packages/cli/src/program.ts";
import { codeBlocks, inlineCode } from "./markdown.mjs";
import { documents, root, textOf } from "./pages.ts";

// Commands in blocks of sh and within text are not run, but what they name is there: commands and flags of cai, scripts of npm, files that node runs.
const program = createProgram();
const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };

/** The commands of a block, a line each, without comments. */
const commandsOf = (code: string): string[] =>
  code
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim());

/** What a command names that is not there. */
function missing(command: string): string[] {
  return [...cai(command), ...npmScripts(command), ...files(command)];
}

function cai(line: string): string[] {
  // Where ours is not installed, npx looks for a package of that name.
  if (/\bnpx cai\b/.test(line)) return ["npx cai"];
  const match = /^(?:\w+=\S+ )*(?:npx @cai\/cli|cai) ([a-z][a-z-]*)(.*)$/.exec(line);
  if (match === null) return [];
  const [, name = "", rest = ""] = match;
  let command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return [`cai ${name}`];
  const [inner = ""] = rest.trim().split(" ");
  command = command.commands.find((one) => one.name() === inner) ?? command;
  const known = new Set([...command.options, ...program.options].flatMap(({ long }) => (long ? [long] : [])).concat("--help"));
  const flags = rest.replaceAll(/"[^"]*"|\$\([^)]*\)/g, " ").match(/(?<=\s)--[a-z][a-z0-9-]*/g) ?? [];
  return flags.filter((flag) => !known.has(flag)).map((flag) => `cai ${name} ${flag}`);
}

function npmScripts(line: string): string[] {
  const names = [...line.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1]!);
  return names.filter((name) => !(name in scripts)).map((name) => `npm run ${name}`);
}

function files(line: string): string[] {
  const paths = [...line.matchAll(/\bnode (?:--\S+ (?:tsx )?)*([\w./-]+\.m?[jt]s)\b/g)].map((match) => match[1]!);
  return paths.filter((path) => path.includes("/") && !existsSync(join(root, path)));
}

test.each(documents)("what the commands of %s name is there", (page) => {
  const commands = codeBlocks(textOf(page))
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => commandsOf(code));
  expect([...commands, ...inlineCode(textOf(page))].flatMap(missing)).toEqual([]);
});

test("what is not there is found", () => {
  expect(missing("npx @cai/cli train --policy demo --polcy x --seed 1")).toEqual(["cai train --polcy"]);
  expect(missing("npx cai train --policy demo")).toEqual(["npx cai"]);
  expect(missing("npx @cai/cli trane --policy demo")).toEqual(["cai trane"]);
  expect(missing("npm run nothing-of-that-name")).toEqual(["npm run nothing-of-that-name"]);
  expect(missing("node --conditions=@cai/source --import tsx docs/examples/none.ts --steps 1")).toEqual(["docs/examples/none.ts"]);
});
