// @ts-check
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NativeInstallError } from "./error.mjs";
import { npmReason, runNpm } from "./npm.mjs";

/** The tfjs-node that this version works with. */
const tfjsVersion = "4.22.0";

/** @param {boolean} gpu */
export const packageName = (gpu) => (gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node");

/**
 * The folder of tfjs-node as the project finds it, or else as this package does; undefined where neither does.
 *
 * @param {{ gpu: boolean, project: string }} options
 * @returns {{ directory: string, version: string } | undefined}
 */
export function findTfjsPackage({ gpu, project }) {
  for (const from of [join(project, "package.json"), import.meta.url]) {
    try {
      const file = realpathSync(createRequire(from).resolve(`${packageName(gpu)}/package.json`));
      return { directory: dirname(file), version: JSON.parse(readFileSync(file, "utf8")).version };
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
}

/**
 * Installs tfjs-node into the project by npm, without its own installer.
 *
 * @param {{ gpu: boolean, project: string, progress: (text: string) => void }} options
 */
export async function addTfjsPackage({ gpu, project, progress }) {
  // The GPU package is an addition to a machine, not to the project: it is not noted in package.json.
  const args = ["install", "--ignore-scripts", ...(gpu ? ["--no-save"] : []), `${packageName(gpu)}@${tfjsVersion}`];
  progress(`npm ${args.join(" ")}`);
  const result = await runNpm([...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: project });
  const found = result.ok ? findTfjsPackage({ gpu, project }) : undefined;
  if (found !== undefined) return found;
  throw new NativeInstallError(
    `npm could not install ${packageName(gpu)}: ${npmReason(result.stderr)}`,
    `run it by hand: npm ${args.join(" ")}`,
  );
}
