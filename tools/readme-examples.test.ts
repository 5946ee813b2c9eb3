import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { publishedPackages } from "./published.ts";
import { readReadmeExample } from "./tarballs/readme-example.ts";

// Each package's README begins with an install line and an example in plain JavaScript, which runs and prints what its comments say.
// readme-examples.slow.ts does the same from the tarballs, outside of the repository.
const root = fileURLToPath(new URL("..", import.meta.url));
/** Where an example finds what its package does, other versions of the same things too. */
function folderOf(name: string): string {
  const own = `${root}packages/${name}/node_modules`;
  const folder = `${existsSync(own) ? own : `${root}node_modules`}/.cache/readme-examples`;
  mkdirSync(folder, { recursive: true });
  return folder;
}
const names = publishedPackages;
const exampleOf = (name: string) => readReadmeExample(`${root}packages/${name}/README.md`);

// Examples leave their folders behind, as their readers may; here they go.
const temporary = mkdtempSync(join(tmpdir(), "readme-examples-"));
beforeAll(() => {
  vi.stubEnv("TMPDIR", temporary);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

test.each(names)("the README example of %s runs and prints what it says", async (name) => {
  const { code, install, promised } = exampleOf(name);
  if (code === undefined) {
    expect(install.join()).toContain("--global"); // a command, with no code to call
    return;
  }
  const file = `${folderOf(name)}/${name}.mjs`;
  writeFileSync(file, code);
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(format(...values));
  });
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    log.mockRestore();
  }
  expect(printed).toEqual(promised);
});

test.each([...names.map((name) => `packages/${name}/README.md`), "README.md"])(
  "%s installs every package that its example imports",
  (file) => {
    const { code = "", install } = readReadmeExample(`${root}${file}`);
    const imported = [...code.matchAll(/^import (?:.* from )?"((?:@[^/"]+\/)?[^/":]+)/gm)].map((match) => match[1]!);
    const installed = install.flatMap((line) => line.split(/\s+/)).map((word) => word.replace(/(?<=.)@[\w.^~-]+$/, "")); // ai@7 is ai
    expect(install).not.toEqual([]);
    expect(imported.filter((module) => module !== "node" && !installed.includes(module))).toEqual([]);
  },
);

test("the program in the README is docs/examples/train.ts", () => {
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${root}README.md`, "utf8"))?.[1];
  expect(program).toBe(readFileSync(`${root}docs/examples/train.ts`, "utf8"));
});
