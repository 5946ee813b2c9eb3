import { readFileSync } from "node:fs";

/** What a package's README promises who follows it. */
export interface ReadmeExample {
  /** The commands of the shell block that installs it. */
  readonly commands: readonly string[];
  /** The example's code; undefined for a package that is a command. */
  readonly code: string | undefined;
  /** What the comments behind its `console.log`s say, in their order. */
  readonly promised: readonly string[];
}

/** What a README says to install, and its example. */
export function readReadmeExample(file: string): ReadmeExample {
  const readme = readFileSync(file, "utf8");
  const shells = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const shell = shells.find((block) => block.includes("npm install")) ?? "";
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  return {
    commands: shell.split("\n").filter((line) => line !== ""),
    code,
    promised: [...(code ?? "").matchAll(/console\.log\([^;]*\); \/\/ (.*)$/gm)].map((match) => match[1]!),
  };
}
