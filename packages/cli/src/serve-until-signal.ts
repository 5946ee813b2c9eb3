import { onFirstSignalHere } from "./first-signal.ts";
import { print } from "./visible.ts";

/**
 * Says where a server is, in a process that nothing blocks, and lets it serve until a signal comes, which is how it is meant to end.
 *
 * @param told.does as in "shows the runs in runs"
 */
export async function serveUntilSignal(
  server: { readonly url: string; close(): Promise<void> },
  { does, json }: { readonly does: string; readonly json: boolean },
): Promise<void> {
  const signal = new Promise((heard) => onFirstSignalHere(heard));
  print(json ? `${JSON.stringify({ url: server.url })}\n` : `${server.url} ${does}. Ctrl-C ends it.\n`);
  await signal;
  await server.close();
}
