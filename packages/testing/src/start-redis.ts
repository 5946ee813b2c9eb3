import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";

/** Why there can be no Redis here, or undefined. */
export const whyNoRedis: string | undefined =
  spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "no redis-server here: apt-get install redis-server";

/** Why there can be none that speaks TLS, or undefined. */
export const whyNoTls: string | undefined = whyNoRedis ?? whyNoCertificates();

function whyNoCertificates(): string | undefined {
  if (spawnSync("openssl", ["version"]).status !== 0) return "no openssl here: apt-get install openssl";
  // A line that is wrong ends it at once: the first one, where it was built without TLS.
  const { stdout } = spawnSync("redis-server", ["-"], { input: "tls-port 0\nport none\n", encoding: "utf8" });
  return /'tls-port/.test(stdout) ? "this redis-server was built without TLS" : undefined;
}

/** A Redis of its own on a free port of the loopback, which writes everything to disk before it answers. */
export interface RedisServer {
  readonly url: string;
  /** With TLS: the file of its certificate, which it has signed itself, for 127.0.0.1. */
  readonly certificate: string | undefined;
  /** Ends it at once, and starts it again with what it had. */
  restart(): Promise<void>;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

interface RedisOptions {
  readonly password?: string;
  /** It speaks TLS, and nothing else. Default false. */
  readonly tls?: boolean;
  /** Another user, as a line of Redis's own list: `ann on >password ~* +@all`. */
  readonly user?: string;
}

export async function startRedis({ password, tls = false, user }: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "cai-redis-"));
  const port = await freePort();
  const files = tls ? makeCertificate(folder) : undefined;
  const options = { ...portOptions(port, files), bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes", appendfsync: "always" };
  const named = Object.entries({ ...options, ...(password !== undefined && { requirepass: password }) });
  const argv = named.flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (user !== undefined) argv.push("--user", ...user.split(" "));
  let server: ChildProcess;
  const start = async () => {
    server = spawn("redis-server", argv, { stdio: "ignore" });
    while (!(await answers(port, tls))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    url: `${tls ? "rediss" : "redis"}://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`,
    certificate: files?.certificate,
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

interface CertificateFiles {
  readonly key: string;
  readonly certificate: string;
}

function makeCertificate(folder: string): CertificateFiles {
  const files = { key: join(folder, "key.pem"), certificate: join(folder, "certificate.pem") };
  const whose = ["-subj", "/CN=cai-test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files.key];
  const made = spawnSync("openssl", ["req", "-x509", ...key, "-out", files.certificate, ...whose], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.stderr}`);
  return files;
}

function portOptions(port: number, files: CertificateFiles | undefined): Readonly<Record<string, string | number>> {
  if (files === undefined) return { port };
  const { key, certificate } = files;
  const own = { "tls-key-file": key, "tls-cert-file": certificate, "tls-ca-cert-file": certificate };
  return { port: 0, "tls-port": port, ...own, "tls-auth-clients": "no" };
}

/** Whether it takes commands, if only with a password, and has read what is on its disk. */
async function answers(port: number, tls: boolean): Promise<boolean> {
  const socket = tls ? connectSecurely({ port, host: "127.0.0.1", rejectUnauthorized: false }) : connect(port, "127.0.0.1");
  try {
    await once(socket, tls ? "secureConnect" : "connect");
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
