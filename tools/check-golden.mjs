#!/usr/bin/env node
// Holds the packages against a folder of golden files: a line a case, and `N passed, N failed, N skipped` at the end.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../", import.meta.url);

let tsx;
try {
  tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
} catch {
  console.error("packages are missing: run npm ci (or npm test) first");
  process.exit(2);
}

const program = fileURLToPath(new URL("tools/check-golden/main.ts", root));
const { status, error } = spawnSync(process.execPath, ["--conditions=@cai/source", "--import", tsx, program, ...process.argv.slice(2)], {
  stdio: "inherit",
  // Not that of the folder that this was started in.
  env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL("tsconfig.json", root)) },
});
if (error) throw error;
process.exit(status ?? 1);
