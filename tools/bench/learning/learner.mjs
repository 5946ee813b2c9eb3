// @ts-check
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const program = fileURLToPath(new URL("learn.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/**
 * Runs `learn.ts` in a process of its own and prints the line that it prints.
 *
 * @param {string} [results] a file of such lines, whose runs are not made again
 * @returns {(algorithm: string, given?: { readonly seed?: string, readonly staleness?: string }) => any}
 */
export function learner(results) {
  /** @type {{ algorithm?: string, seed?: number, staleness?: number }[]} */
  const earlier =
    results === undefined
      ? []
      : readFileSync(results, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
  return (algorithm, { seed = "1", staleness = "0" } = {}) => {
    const known = earlier.find(
      (line) => (line.algorithm ?? "best-of") === algorithm && `${line.seed ?? 1}` === seed && `${line.staleness ?? 0}` === staleness,
    );
    if (known !== undefined) return known;
    const flags = ["--algorithm", algorithm, "--seed", seed, "--staleness", staleness];
    const argv = ["--conditions=@cai/source", "--import", tsx, program, ...flags];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${algorithm} with seed ${seed} failed with exit code ${status}:\n${stderr}`);
    const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    console.log(JSON.stringify(result));
    return result;
  };
}
