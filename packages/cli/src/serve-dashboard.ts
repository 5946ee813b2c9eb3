import { openDashboard } from "@cai/dashboard";
import { onFirstSignal } from "./first-signal.ts";
import { print } from "./visible.ts";

/** Serves the page until a signal comes, which is how it is meant to end. */
export async function serveDashboard(
  folders: readonly string[],
  { port, json }: { readonly port: number; readonly json?: boolean },
): Promise<void> {
  const dashboard = await openDashboard({ folders, port });
  print(
    json ? `${JSON.stringify({ url: dashboard.url })}\n` : `${dashboard.url} shows the runs in ${folders.join(", ")}. Ctrl-C ends it.\n`,
  );
  const release = await new Promise<() => void>((ended) => {
    const stop = onFirstSignal(() => ended(stop));
  });
  release();
  await dashboard.close();
}
