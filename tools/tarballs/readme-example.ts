import { readFileSync } from "node:fs";

/** What a package's README promises who follows it. */
export interface ReadmeExample {
  /** The lines that install it: those of npm, in the first shell block that has one. */
  readonly install: readonly string[];
  /** The example's code; undefined for a package that is a command. */
  readonly code: string | undefined;
  /** What the comments behind its `console.log`s say, in their order. */
  readonly promised: readonly string[];
}

const npmInstall = /\bnpm (install|i) /;

/** What a README says to install, and its example. */
export function readReadmeExample(file: string): ReadmeExample {
  const readme = readFileSync(file, "utf8");
  const shells = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const shell = shells.find((block) => npmInstall.test(block)) ?? "";
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  return {
    install: shell.split("\n").filter((line) => npmInstall.test(line)),
    code,
    promised: [...(code ?? "").matchAll(/console\.log\([^;]*\); \/\/ (.*)$/gm)].map((match) => match[1]!),
  };
}
