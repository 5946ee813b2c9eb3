import { readFileSync } from "node:fs";

/** What a package's README promises who follows it. */
export interface ReadmeExample {
  /** The commands of its first shell block. */
  readonly commands: readonly string[];
  /** The example's code; undefined for a package that is a command. */
  readonly code: string | undefined;
  /** What the comments behind its `console.log`s say, in their order. */
  readonly promised: readonly string[];
}

/** The install line and the example of a package's README. */
export function readReadmeExample(file: string): ReadmeExample {
  const readme = readFileSync(file, "utf8");
  const shell = /```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  return {
    commands: shell.split("\n").filter((line) => line !== ""),
    code,
    promised: [...(code ?? "").matchAll(/console\.log\([^;]*\); \/\/ (.*)$/gm)].map((match) => match[1]!),
  };
}
