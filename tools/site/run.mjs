#!/usr/bin/env node
// @ts-check
// Builds the documentation into tools/site/dist, or serves it: npm run docs [-- dev | preview] [options of VitePress, as --base /cai/]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { collect } from "./collect.mjs";
import { fromElsewhere } from "./from-elsewhere.mjs";
import { trainingFiles } from "./training-files.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const pages = join(here, "pages");
const vitepress = join(here, "node_modules/vitepress/bin/vitepress.js");

const given = process.argv.slice(2);
const command = ["build", "dev", "preview"].includes(given[0] ?? "") ? given.shift() : "build";

if (!existsSync(vitepress)) {
  const { status } = spawnSync("npm", ["ci", "--prefix", here, "--ignore-scripts", "--no-audit", "--no-fund"], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const mdIn = (/** @type {string} */ folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
/** Pages that are there without a link to them. */
const entries = () => [
  ...mdIn("docs"),
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`),
];

/** Writes the site's pages; those that stayed as they are are left alone, so that a server sees what changed. */
function write() {
  const files = collect(root, entries());
  for (const [place, file] of files) {
    const to = join(pages, place);
    const bytes = "text" in file ? Buffer.from(file.text) : readFileSync(file.copyOf);
    if (existsSync(to) && readFileSync(to).equals(bytes)) continue;
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes);
  }
  for (const old of readdirSync(pages, { recursive: true, withFileTypes: true })) {
    const path = join(old.parentPath ?? old.path, old.name);
    const place = path.slice(pages.length + 1);
    if (old.isFile() && !files.has(place) && !place.startsWith("public/")) rmSync(path);
  }
}

if (command !== "preview") {
  write();
  for (const [place, bytes] of await trainingFiles()) {
    const to = join(pages, "public/train", place);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes);
  }
}
if (command === "dev") {
  for (const folder of ["docs", "packages"])
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (name?.endsWith(".md") && !name.includes("node_modules")) write();
    });
}
const child = spawn(process.execPath, [vitepress, /** @type {string} */ (command), here, ...given], { stdio: "inherit" });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (code === 0 && command === "build") refuseElsewhere();
  process.exit(code ?? (signal ? 1 : 0));
});

/** A reader's browser asks no other host for anything. */
function refuseElsewhere() {
  const dist = join(here, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => /\.(html|css)$/.test(name));
  const found = files.flatMap((name) => fromElsewhere(readFileSync(join(dist, name), "utf8")).map((url) => `${name}: ${url}`));
  if (found.length === 0) return;
  console.error(`these would be loaded from elsewhere:\n${found.join("\n")}`);
  process.exit(1);
}
