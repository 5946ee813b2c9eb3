import type { ServedPage } from "@cai/dashboard";
import { onFirstSignalHere } from "./first-signal.ts";
import { print } from "./visible.ts";

/**
 * Says where a page is and serves it until a signal comes, which is how it is meant to end.
 *
 * @param told.shows what is to be seen there
 */
export async function serveUntilSignal(
  page: ServedPage,
  { shows, json }: { readonly shows: string; readonly json: boolean },
): Promise<void> {
  const signal = new Promise((heard) => onFirstSignalHere(heard));
  print(json ? `${JSON.stringify({ url: page.url })}\n` : `${page.url} shows ${shows}. Ctrl-C ends it.\n`);
  await signal;
  await page.close();
}
