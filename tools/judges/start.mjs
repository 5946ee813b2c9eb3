import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Runs main.ts, which is TypeScript as the packages are, and ends with its exit code.
 *
 * @param {"tox-block" | "hatesonar"} judge
 */
export function start(judge) {
  let tsx;
  try {
    tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  } catch {
    console.error("packages are missing: run npm ci (or npm test) first");
    process.exit(2);
  }
  const program = fileURLToPath(new URL("main.ts", import.meta.url));
  const { status, error } = spawnSync(process.execPath, ["--conditions=@cai/source", "--import", tsx, program, judge], {
    stdio: "inherit",
    // Not that of the folder that this was started in.
    env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL("../../tsconfig.json", import.meta.url)) },
  });
  if (error) throw error;
  process.exit(status ?? 1);
}
