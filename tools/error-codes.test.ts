import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// The docstring of each package's error class lists its codes, which programs may rely on: those that are thrown, all of them and no others.
const packages = fileURLToPath(new URL("../packages", import.meta.url));
const read = (path: string): string => readFileSync(path, "utf8");

interface Source {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

const sources: readonly Source[] = readdirSync(packages).flatMap((name) => {
  const folder = join(packages, name, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(m?ts|mjs)$/.test(file) && !/\.(test|slow|fixture)\.ts$/.test(file))
    .map((file) => ({ name, file, code: read(join(folder, file)) }));
});

/** The error class of each package: where it is exported from, and the codes in its docstring. */
const classes = readdirSync(packages)
  .filter((name) => name !== "contracts" && existsSync(join(packages, name, "src/error.ts")))
  .map((name) => {
    const [, docstring = "", className = ""] =
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export class (\w+) extends CaiError/.exec(read(join(packages, name, "src/error.ts"))) ?? [];
    const codes = [...docstring.split("@example")[0]!.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map((match) => match[1]!);
    const listed = new Set(codes.filter((code) => code !== "code"));
    /** Sources in which the class's name means this one: its own package's, and those that import it from there. */
    const users = sources.filter(
      (source) => source.name === name || new RegExp(`import [^;]*\\b${className}\\b[^;]* from "@cai/${name}"`).test(source.code),
    );
    return { name, className, listed, users };
  });

test("there are classes, each with codes", () => {
  expect(classes.length).toBeGreaterThan(20);
  expect(classes.filter(({ className, listed }) => className === "" || listed.size === 0)).toEqual([]);
});

test.each(classes)("every code that a $className of $name is made with is listed", ({ className, listed, users }) => {
  // A literal, or literals to choose between.
  const made = new RegExp(`new ${className}\\(\\s*([^,()]*"[a-z-]+"[^,()]*),`, "g");
  const unlisted = users.flatMap(({ file, code }) =>
    [...code.matchAll(made)]
      .flatMap((match) => [...match[1]!.matchAll(/(?<![=!]= )"([a-z-]+)"/g)].map((literal) => literal[1]!))
      .filter((one) => !listed.has(one))
      .map((one) => `${file}: ${one}`),
  );
  expect(unlisted).toEqual([]);
});

test.each(classes)("every code that the docstring of $className of $name lists is used", ({ name, listed, users }) => {
  // What reads and writes files says what went wrong by codes of its own, and its users' classes carry them.
  const uses = users.concat(sources.filter((source) => source.name === "whole-file"));
  const unused = [...listed].filter((code) => !uses.some((source) => source.code.includes(`"${code}"`)));
  expect(unused, `of ${name}`).toEqual([]);
});

test.each(classes)(
  "a docstring that says which codes of $className of $name are thrown says listed ones",
  ({ className, listed, users }) => {
    const thrown = new RegExp(`\\b${className} ((?:\`[a-z-]+\`(?:, | and | or )?(?:\\n \\* )?)+)`, "g");
    const unlisted = users.flatMap(({ file, code }) =>
      [...code.matchAll(thrown)]
        .flatMap((match) => [...match[1]!.matchAll(/`([a-z-]+)`/g)].map((one) => one[1]!))
        .filter((one) => !listed.has(one))
        .map((one) => `${file}: ${one}`),
    );
    expect(unlisted).toEqual([]);
  },
);
