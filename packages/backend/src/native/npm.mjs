// @ts-check
import { run } from "./run.mjs";

/**
 * Runs npm: the one that started this process where there is one, else the one on the path.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string }} [options]
 */
export function runNpm(args, options = {}) {
  const started = process.env.npm_execpath;
  if (started?.endsWith("npm-cli.js")) return run(process.execPath, [started, ...args], options);
  return run("npm", args, { ...options, shell: process.platform === "win32" });
}

/**
 * Why npm failed: the first of its lines that is a sentence.
 *
 * @param {string} stderr
 */
export function npmReason(stderr) {
  const lines = stderr.split("\n").map((line) => line.replace(/^npm (error|ERR!)/, "").trim());
  return lines.find((line) => line !== "" && !/^npm warn|^(code|errno|syscall|type|path) /.test(line)) ?? "it said nothing";
}
