import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why there can be no Redis here, or undefined. */
export const whyNoRedis: string | undefined =
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "no redis-server here: apt-get install redis-server";

/** A Redis of its own on a free port of the loopback, which writes everything to disk before it answers. */
export interface RedisServer {
  readonly url: string;
  /** Ends it at once, and starts it again with what it had. */
  restart(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

export async function startRedis({ password }: { readonly password?: string } = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "cai-redis-"));
  const port = await freePort();
  const options = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes", appendfsync: "always" };
  const named = Object.entries({ ...options, ...(password !== undefined && { requirepass: password }) });
  const argv = named.flatMap(([name, value]) => [`--${name}`, String(value)]);
  let server: ChildProcess;
  const start = async () => {
    server = spawn("redis-server", argv, { stdio: "ignore" });
    while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    url: `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`,
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

/** Whether it takes commands, if only with a password, and has read what is on its disk. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [line] = (await once(socket, "data")) as [Buffer];
    return /^(\+PONG|-NOAUTH)/.test(line.toString());
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
