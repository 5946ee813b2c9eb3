import { LoopbackError, openLoopback } from "@cai/loopback";
import { Hono } from "hono";
import { DashboardError } from "./error.ts";
import { readPageFiles } from "./page-files.ts";
import { readOnly } from "./read-only.ts";

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
  const app = new Hono();
  app.use(readOnly);
  addRoutes(app);
  for (const [path, { type, bytes }] of files) app.get(path, (context) => context.body(bytes, 200, { "content-type": type }));
  app.onError((error, context) => context.text(error.message, 500));

  return openLoopback({ fetch: app.fetch, port }).catch((error: unknown) => {
    throw LoopbackError.isInstance(error) ? new DashboardError("port", error.message, { cause: error }) : error;
  });
}
