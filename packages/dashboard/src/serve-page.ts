import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { DashboardError } from "./error.ts";
import { readPageFiles } from "./page-files.ts";
import { refuseStrangers } from "./refuse-strangers.ts";

/** A page that is being served. */
export interface ServedPage {
  /** For a browser on this machine; nobody else reaches it. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a page and what it asks for, on the loopback alone. Requests that name another host, come from another page or want to write are refused.
 *
 * @param given.home the page's own file, which stands at `/`.
 * @param given.port 0: any that is free.
 * @param given.addRoutes adds what the page asks for.
 * @throws DashboardError `port`
 */
export async function servePage({
  home,
  port,
  addRoutes,
}: {
  readonly home: string;
  readonly port: number;
  readonly addRoutes: (app: Hono) => void;
}): Promise<ServedPage> {
  const files = await readPageFiles(home);
  let bound = 0;
  const app = new Hono();
  app.use(refuseStrangers(() => bound));
  addRoutes(app);
  for (const [path, { type, bytes }] of files) app.get(path, (context) => context.body(bytes, 200, { "content-type": type }));
  app.onError((error, context) => context.text(error.message, 500));

  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((listening, failed) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "is taken" : `can't be used: ${cause.message}`;
      failed(new DashboardError("port", `port ${port} ${why}: name another one, or 0 for any that is free`, { cause }));
    });
    server.listen(port, "127.0.0.1", listening);
  });
  bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
