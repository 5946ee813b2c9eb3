// @ts-check
import { spawn } from "node:child_process";

/**
 * Runs a program to its end and keeps what it prints. Never rejects: a program that is not there has `missing`.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, missing: boolean, stdout: string, stderr: string }>}
 */
export function run(command, args, { cwd = process.cwd(), env = process.env, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", (error) => {
      resolve({ ok: false, missing: "code" in error && error.code === "ENOENT", stdout, stderr: stderr || error.message });
    });
    child.on("close", (code) => resolve({ ok: code === 0, missing: false, stdout, stderr }));
  });
}

/**
 * The line that tells most about a failure: the last one that names an error, else the last one.
 *
 * @param {string} output
 */
export function tellingLine(output) {
  const lines = output.split("\n").flatMap((line) => line.trim() || []);
  return lines.findLast((line) => /error|cannot|no such|not found/i.test(line)) ?? lines.at(-1) ?? "it said nothing";
}
