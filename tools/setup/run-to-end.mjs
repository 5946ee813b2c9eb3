// @ts-check
import { spawn } from "node:child_process";

/**
 * Runs a Node program with this terminal as its own.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code; 130 after an interrupt
 */
export function runToEnd(args, options) {
  // The terminal interrupts the program too; this process stays to hand its exit code on.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { ...options, stdio: "inherit" });
    const forward = () => child.kill("SIGTERM");
    process.on("SIGTERM", forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}
