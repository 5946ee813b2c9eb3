import { createHash, timingSafeEqual } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DistributedError } from "./error.ts";
import { isRunId } from "./names.ts";
import { mostObjectBytes, objectLifetimeSeconds } from "./weight-store.ts";

export interface WeightServerOptions {
  /** Where the weights lie; made if missing. Nothing else should be there. */
  readonly folder: string;
  /** 0, by default: any that is free. */
  readonly port?: number;
  /** Where it listens. Default `127.0.0.1`: this machine alone. */
  readonly host?: string;
  /** What requests must bring, as `Authorization: Bearer …`. Without one only this machine is served. */
  readonly token?: string | undefined;
}

/** A server of weights. */
export interface WeightServer {
  /** What learner and workers take as `weightsAddress`. */
  readonly url: string;
  close(): Promise<void>;
}

const sweepMs = 3_600_000;
/** All that an address may be: a run's name and an object's. */
const place = /^\/([0-9a-f]{16})\/([0-9a-f]{64})$/;

/**
 * Serves a folder as a store of weights, by GET, PUT and DELETE at `/<run>/<name>`. Of what is put it takes 8 MiB at most, and only what its name is
 * the SHA-256 of. What nobody has put for a day goes.
 *
 * It speaks HTTP: over a network that is not yours alone, put it behind something that adds TLS.
 *
 * @throws DistributedError `bad-option` for a host that others reach and no token, or a port that can't be used.
 * @example
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { startWeightServer } from "@cai/distributed";
 *
 * const folder = await mkdtemp("/tmp/weights-");
 * const server = await startWeightServer({ folder });
 * console.log((await fetch(`${server.url}/${"0".repeat(16)}/${"0".repeat(64)}`)).status); // 404
 * await server.close();
 * await rm(folder, { recursive: true });
 */
export async function startWeightServer({ folder, port = 0, host = "127.0.0.1", token }: WeightServerOptions): Promise<WeightServer> {
  if (token === undefined && !isLoopback(host))
    throw new DistributedError("bad-option", `others than this machine reach ${host}: give a token, which requests must bring`);
  if (token === "") throw new DistributedError("bad-option", "the token is empty: give one of some length, or none");
  await mkdir(folder, { recursive: true });
  const isAllowed = tokenCheck(token);
  const server = createServer((request, response) => {
    answer(folder, isAllowed, request, response).catch(() => {
      // The other side has left, or the disk fails: what is half written was removed, and what is half sent must not look whole.
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", (cause) =>
      failed(new DistributedError("bad-option", `port ${port} of ${host} can't be used: ${cause.message}; name another, or 0`, { cause })),
    );
    server.listen(port, host, listening);
  });
  const timer = setInterval(() => void sweep(folder, Date.now()).catch(() => {}), sweepMs);
  await sweep(folder, Date.now());
  const { port: bound, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${host}]` : host}:${bound}`,
    async close() {
      clearInterval(timer);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Removes what is older than objects last, and runs of which nothing is left. */
export async function sweep(folder: string, now: number): Promise<void> {
  for (const run of await readdir(folder)) {
    if (!isRunId(run)) continue; // not ours
    for (const name of await readdir(join(folder, run))) {
      const path = join(folder, run, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > objectLifetimeSeconds * 1000) await rm(path, { force: true });
    }
    await rmdir(join(folder, run)).catch(() => {}); // something is left
  }
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./.test(host);

function tokenCheck(token: string | undefined): (given: string | undefined) => boolean {
  if (token === undefined) return () => true;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (given) => given !== undefined && timingSafeEqual(digest(given), expected);
}

async function answer(
  folder: string,
  isAllowed: (given: string | undefined) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, { "content-type": "text/plain", ...headers }).end(`${text}\n`);
    request.resume();
  };
  if (!isAllowed(request.headers.authorization))
    return say(401, "no token, or another one: send it as Authorization: Bearer …", { "www-authenticate": "Bearer" });
  const [, run, name] = place.exec(request.url ?? "") ?? [];
  if (run === undefined || name === undefined) return say(404, "objects are at /<16 hexadecimal digits>/<SHA-256>");
  const path = join(folder, run, name);
  if (request.method === "GET") return sendFile(path, response, () => say(404, "not there"));
  if (request.method === "PUT") {
    const [status, text] = await takeFile(join(folder, run), name, request);
    return say(status, text, status === 413 ? { connection: "close" } : {});
  }
  if (request.method !== "DELETE") return say(405, "GET, PUT or DELETE", { allow: "GET, PUT, DELETE" });
  await rm(path, { force: true });
  await rmdir(join(folder, run)).catch(() => {}); // something is left
  response.writeHead(204).end();
}

async function sendFile(path: string, response: ServerResponse, missing: () => void): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return missing();
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": found.size });
  await pipeline(createReadStream(path), response);
}

let parts = 0;

/** Takes a body that its name is the hash of: whole, or not at all. Gives the answer. */
async function takeFile(folder: string, name: string, request: IncomingMessage): Promise<readonly [status: number, text: string]> {
  const tooLarge = [413, `more than ${mostObjectBytes} bytes`] as const;
  if (Number(request.headers["content-length"]) > mostObjectBytes) return tooLarge;
  const part = join(folder, `${name}.${process.pid}-${parts++}.part`);
  await mkdir(folder, { recursive: true });
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await pipeline(
      request,
      async function* (body: AsyncIterable<Buffer>) {
        for await (const chunk of body) {
          bytes += chunk.length;
          if (bytes > mostObjectBytes) return;
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(part),
    );
    if (bytes > mostObjectBytes) return tooLarge;
    if (hash.digest("hex") !== name) return [400, "the name is not the SHA-256 of what came"];
    await rename(part, join(folder, name));
    return [201, "kept"];
  } finally {
    await rm(part, { force: true });
  }
}
