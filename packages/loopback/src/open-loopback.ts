import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { describeStranger } from "./describe-stranger.ts";
import { LoopbackError } from "./error.ts";

export interface LoopbackOptions {
  /** What answers, as of Hono or any other router. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** 0, by default: any that is free. */
  readonly port?: number;
  /** The answer to whom is refused. Default: plain text with the status 403. */
  readonly refuse?: (why: string) => Response;
}

/** A server for this machine. */
export interface LoopbackServer {
  /** `http://127.0.0.1:7007`; nobody else reaches it. */
  readonly url: string;
  /** Ends it, with whatever is being answered. */
  close(): Promise<void>;
}

/**
 * Serves this machine alone: it listens on 127.0.0.1, and refuses requests that name another host or come from another page, before `fetch` sees them.
 *
 * @throws LoopbackError `port`
 * @example
 * import { openLoopback } from "@cai/loopback";
 *
 * const server = await openLoopback({ fetch: () => new Response("hello") });
 * console.log(await (await fetch(server.url)).text()); // hello
 * await server.close();
 */
export async function openLoopback({ fetch, port = 0, refuse = refuseInText }: LoopbackOptions): Promise<LoopbackServer> {
  let bound = 0;
  const server = createAdaptorServer({
    fetch(request) {
      const why = describeStranger(request.headers, bound);
      return why === undefined ? fetch(request) : refuse(why);
    },
  });
  await new Promise<void>((listening, failed) => {
    const refusal = (why: string, cause: unknown) =>
      failed(new LoopbackError("port", `port ${port} ${why}: name another one, or 0 for any that is free`, { cause }));
    server.once("error", (cause: NodeJS.ErrnoException) =>
      refusal(cause.code === "EADDRINUSE" ? "is taken" : `can't be used: ${cause.message}`, cause),
    );
    try {
      server.listen(port, "127.0.0.1", listening);
    } catch (cause) {
      refusal(`can't be used: ${(cause as Error).message}`, cause);
    }
  });
  bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        // Without this, a client that keeps its connection would keep the server.
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

const refuseInText = (why: string) => new Response(why, { status: 403 });
