// @ts-check
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { watchMemory } from "./process-tree.mjs";

/**
 * What a program prints for each step, and the time from the word to go to that line, by one clock for all programs.
 *
 * @typedef {{ generateSeconds: number, totalSeconds: number, epochSeconds?: number }} StepTimes
 */

/**
 * Starts a program that takes a step whenever a line comes in on its standard input, and then prints a line of JSON.
 *
 * @param {{ command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv }} program
 */
export function startSteps({ command, args, cwd, env }) {
  const child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.on("error", resolve).on("close", resolve));
  const memory = watchMemory(child.pid ?? 0);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint = `${complaint}${text}`.slice(-4000);
  });
  child.stdin.on("error", () => {}); // the program has ended: the missing line tells

  /** @returns {Promise<string>} */
  async function nextJson() {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${command} ${args.join(" ")}\nended early (${await ended}):\n${complaint.trim()}`);
      if (value.startsWith("{")) return value;
    }
  }

  return {
    /** @returns {Promise<StepTimes>} */
    async next() {
      const began = performance.now();
      child.stdin.write("\n");
      const times = JSON.parse(await nextJson());
      return { ...times, totalSeconds: (performance.now() - began) / 1000 };
    },
    /** The most memory so far, of the program and all that it started. */
    peakBytes: () => memory.peakBytes(),
    async end() {
      memory.stop();
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
