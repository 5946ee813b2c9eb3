import type { Inspection } from "./inspection.ts";
import { type ServedPage, servePage } from "./serve-page.ts";

export interface InspectorOptions {
  readonly inspection: Inspection;
  /** 0, by default: any that is free. */
  readonly port?: number;
}

/**
 * Serves a page on the loopback that shows a step of a run token by token: what the policy, the value model and the reward said of each, under the
 * text itself; the alternatives in a token's place; how long the gradient of each layer is. With another making of the step beside it, both and
 * their difference. The page only shows what it was given.
 *
 * @throws DashboardError `port`
 * @example
 * import { openInspector } from "@cai/dashboard";
 *
 * const token = { id: 5, text: " time", logprob: -0.5, advantage: 1, ratio: 1.1, alternatives: [] };
 * const rows = [{ prompt: "Once", promptTokens: [{ id: 3, text: "Once" }], tokens: [token] }];
 * const original = { metrics: { grad_norm: 0.4 }, rows, gradients: [{ layer: "block 0", norm: 0.4, optimizer: 0 }] };
 * const page = await openInspector({ inspection: { run: "runs/first", step: 7, from: 6, original } });
 * console.log(`${page.url} is for a browser on this machine`);
 * await page.close();
 */
export async function openInspector({ inspection, port = 0 }: InspectorOptions): Promise<ServedPage> {
  return servePage({
    home: "inspector.html",
    port,
    addRoutes: (app) => void app.get("/api/inspection", (context) => context.json(inspection)),
  });
}
