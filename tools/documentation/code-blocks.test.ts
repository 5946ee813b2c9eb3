import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "@cai/testing";
import ts from "typescript";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { codeBlocks } from "./markdown.mjs";
import { docsPages, root, textOf } from "./pages.ts";
import { linesOf } from "./run-quietly.ts";

// Every block of TypeScript in docs/ is a whole program: it is compiled against the sources and runs in an empty folder, where what it needs is
// there; what it logs is what the comments behind `console.log` say. One that is a file of docs/examples is run as that file. Blocks of JavaScript are
// parts of something, and only compiled.
const modules = join(root, "node_modules/.cache/readme-examples/docs");
const examples = new Set(
  readdirSync(join(root, "docs/examples")).map((file) => (file.endsWith(".ts") ? textOf(`docs/examples/${file}`) : "")),
);
const blocks = docsPages.flatMap((page) =>
  codeBlocks(textOf(page))
    .filter(({ language }) => language === "ts" || language === "js")
    .map(({ language, code, line }) => ({
      place: `${page}:${line}`,
      file: join(modules, `${page.replaceAll(/\W/g, "-")}-${line}.${language}`),
      code,
      isProgram: language === "ts",
    })),
);

/** Why a block is compiled only, as a comment in its first line says. */
const reasonNotToRun = (code: string): string | undefined => /^\/\/ not run here: (.+)$/m.exec(code.split("\n", 1)[0]!)?.[1];

beforeAll(() => {
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  for (const { file, code } of blocks) writeFileSync(file, code);
});

test("every block compiles against the sources", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  // As readers compile, who may write plain JavaScript.
  const program = ts.createProgram(
    blocks.map(({ file }) => file),
    { ...options, noImplicitAny: false, verbatimModuleSyntax: false, moduleDetection: ts.ModuleDetectionKind.Force },
  );
  const faults = blocks.flatMap(({ place, file }) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  expect(blocks.length).toBeGreaterThan(3);
  expect(faults).toEqual([]);
}, 300_000); // a compiler's time, on a busy machine

const run = blocks.filter(({ code, isProgram }) => isProgram && reasonNotToRun(code) === undefined && !examples.has(code));
test.each(run)("the program at $place runs and prints what it says", async ({ file, code }) => {
  const cwd = process.cwd();
  onTestFinished(() => process.chdir(cwd));
  process.chdir(await temporaryFolder());
  const printed = await linesOf(() => import(/* @vite-ignore */ pathToFileURL(file).href));
  expect(printed).toEqual([...code.matchAll(/console\.log\([^;]*\); \/\/ (.*)$/gm)].map((match) => match[1]));
});
