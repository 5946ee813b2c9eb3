import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "./connect.ts";

/** Why there can be no Redis here, or undefined. */
export const whyNoRedis: string | undefined =
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "no redis-server here: apt-get install redis-server";

/** A Redis of its own on a free port of the loopback, which writes everything to a log before it answers. */
export interface RedisServer {
  readonly url: string;
  /** Ends it at once, and starts it again with what it had. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis({ password }: { readonly password?: string } = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "cai-redis-"));
  const port = await freePort();
  const url = `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`;
  const options = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes", appendfsync: "always" };
  const named = Object.entries({ ...options, ...(password !== undefined && { requirepass: password }) });
  const argv = named.flatMap(([name, value]) => [`--${name}`, String(value)]);
  let server: ChildProcess;
  const start = async () => {
    server = spawn("redis-server", argv, { stdio: "ignore" });
    for (let tries = 1; ; tries++) {
      const redis = await connect(url).catch((error: unknown) => {
        if (tries === 5) throw error;
      });
      redis?.disconnect();
      if (redis) break;
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    url,
    async restart() {
      await end("SIGKILL");
      await start();
    },
    async stop() {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
