// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { defineConfig } from "rolldown";
import { dts } from "rolldown-plugin-dts";

// Run from a package's folder: dist/x.js comes from src/x.ts, and its types from what `nx declarations cai` has written for src/x.ts.
const folder = process.cwd();
const declarations = resolve(folder, "../../dist/declarations", basename(folder));
const { exports, imports } = JSON.parse(readFileSync("package.json", "utf8"));
/** @param {object | undefined} paths @param {string} ending */
const named = (paths, ending) => [...new Set(JSON.stringify(paths ?? {}).match(RegExp(`(?<="\\./dist/)[\\w-]+(?=${ending}")`, "g")))];
// A thread's program is a file of its own, which no package.json names.
const threads = readdirSync("src").flatMap((file) => /^[\w-]+-worker(?=\.ts$)/.exec(file) ?? []);

/** @param {string[]} names @param {(name: string) => string} fileOf */
const entries = (names, fileOf) => Object.fromEntries(names.map((name) => [name, fileOf(name)]));

/** Types written by hand, beside a program in JavaScript: those stand in src/ alone. @type {import("rolldown").Plugin} */
const handWritten = {
  name: "hand-written-declarations",
  resolveId: (path, importer) =>
    /^\..*\.d\.mts$/.test(path) && importer ? resolve(folder, relative(declarations, dirname(importer)), path) : null,
};

/** @type {import("rolldown").RolldownOptions} */
const common = { platform: "node", external: /^[^./]/ };

/** Names that a reader knows, in what several files share too. @type {import("rolldown").OutputOptions} */
const output = { format: "esm", minifyInternalExports: false };

export default defineConfig([
  {
    ...common,
    input: entries([...named({ exports, imports }, "\\.js"), ...threads], (name) => `src/${name}.ts`),
    tsconfig: "../../tsconfig.base.json",
    transform: { target: "node20.19" },
    output: { ...output, dir: "dist", sourcemap: true, cleanDir: true, comments: { jsdoc: false }, chunkFileNames: "[name].js" },
  },
  {
    ...common,
    cwd: declarations,
    input: entries(named(exports, "\\.d\\.ts"), (name) => `src/${name}.d.ts`),
    plugins: [handWritten, dts({ dtsInput: true, tsconfig: false })],
    output: { ...output, dir: resolve(folder, "dist"), chunkFileNames: "[name].ts" },
  },
]);
