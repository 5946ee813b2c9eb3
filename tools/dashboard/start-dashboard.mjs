import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * `cai dashboard` on a folder, in a process of its own.
 *
 * @param {string} folder
 */
export async function startDashboard(folder) {
  const cai = fileURLToPath(new URL("../../packages/cli/bin/cai.mjs", import.meta.url));
  const child = spawn(process.execPath, [cai, "dashboard", folder, "--port", "0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill()); // also where this program fails
  const [line] = await once(child.stdout, "data");
  const { url } = JSON.parse(line);
  return { url, close: () => child.kill() };
}
