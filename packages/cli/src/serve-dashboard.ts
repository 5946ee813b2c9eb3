import { openDashboard } from "@cai/dashboard";
import { serveUntilSignal } from "./serve-until-signal.ts";

/** Serves the page on runs. */
export async function serveDashboard(
  folders: readonly string[],
  { port, json = false }: { readonly port: number; readonly json?: boolean },
): Promise<void> {
  await serveUntilSignal(await openDashboard({ folders, port }), { does: `shows the runs in ${folders.join(", ")}`, json });
}
