import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The command, as this repository has it. */
export const cai = fileURLToPath(new URL("../../packages/cli/bin/cai.mjs", import.meta.url));

/**
 * A command that serves a page, in a process of its own.
 *
 * @param {readonly string[]} command as in `["dashboard", "runs"]`
 */
export async function startPage(command) {
  const child = spawn(process.execPath, [cai, ...command, "--port", "0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill()); // also where this program fails
  const [line] = await once(child.stdout, "data");
  const { url } = JSON.parse(line);
  return { url, close: () => child.kill() };
}
