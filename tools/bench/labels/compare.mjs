// How well a small model labels pairs of answers, by each labeller, against judges that took no part. Writes README.md beside this file:
// node tools/bench/labels/compare.mjs [--prompts 176] [--dear-prompts 16] [--policy DIR|GGUF] [--labellers choice,votes] [--out DIR]
// What was drawn and labelled stays in --out, and the same command goes on from there. --dear-prompts is for labellers that write before they say anything.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const program = fileURLToPath(new URL("main.ts", import.meta.url));
const { status, error } = spawnSync(
  process.execPath,
  ["--conditions=@cai/source", "--import", tsx, program, ...process.argv.slice(2)],
  // The path: not the tsconfig.json of the folder that this was started in.
  { stdio: "inherit", env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL("../../../tsconfig.json", import.meta.url)) } },
);
if (error) throw error;
process.exitCode = status ?? 1;
