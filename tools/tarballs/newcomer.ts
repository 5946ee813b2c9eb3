import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** How a command ended. */
export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a shell line in a folder, as somebody who knows nothing of this repository. */
export async function runLine(line: string, { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv }): Promise<Ended> {
  const child = spawn("sh", ["-c", line], { cwd, env: { ...strangersEnvironment(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exit: await exit, stdout, stderr };
}

const network = /^npm_config_(registry|cache|userconfig|cafile|ca|proxy|https_proxy|noproxy|strict_ssl)$/i;

/** This process's, without what npm tells the scripts of this repository; how npm reaches its registry stays. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const own = /^(npm_|NODE_OPTIONS$|NODE_ENV$|VITEST|TEST$|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name) || network.test(name)));
}
