import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * The Hugging Face hub as tests see it, in a process of its own: hub-server.mjs.
 *
 * @param folder whose files every model has
 */
export async function startHubServer(folder: string): Promise<{ readonly endpoint: string; readonly stop: () => void }> {
  const server = spawn(process.execPath, [fileURLToPath(new URL("./hub-server.mjs", import.meta.url)), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(server.stdout, "data");
  return { endpoint: `http://127.0.0.1:${Number(port)}`, stop: () => void server.kill("SIGKILL") };
}
