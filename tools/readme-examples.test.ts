import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Each package's README begins with an example; it runs, and prints what its comments say.
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}node_modules/.cache/readme-examples`;
mkdirSync(folder, { recursive: true });

// Examples leave their folders behind, as their readers may; here they go.
const temporary = mkdtempSync(join(tmpdir(), "readme-examples-"));
beforeAll(() => {
  vi.stubEnv("TMPDIR", temporary);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});

test.each(readdirSync(`${root}packages`))("the README example of %s runs and prints what it says", async (name) => {
  const readme = readFileSync(`${root}packages/${name}/README.md`, "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  if (example === undefined) {
    expect(readme).toMatch(/```(sh|json)\n/); // a package without code to call shows its command instead
    return;
  }
  const promised = [...example.matchAll(/console\.log\([^;]*\); \/\/ (.*)$/gm)].map((match) => match[1]);
  const file = `${folder}/${name}.ts`;
  writeFileSync(file, example);
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

test("the program in the README is docs/examples/train.ts", () => {
  const program = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${root}README.md`, "utf8"))?.[1];
  expect(program).toBe(readFileSync(`${root}docs/examples/train.ts`, "utf8"));
});
