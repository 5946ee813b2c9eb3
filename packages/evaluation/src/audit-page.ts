import type { AuditStretch, RunAudit } from "./audit-run.ts";
import type { AuditSign } from "./audit-signs.ts";
import { drawPlot, type PlotSeries } from "./draw-plot.ts";
import { escapeHtml } from "./escape-html.ts";
import type { OverOptimisationFit } from "./fit-over-optimisation.ts";
import { numberText } from "./number-text.ts";
import { renderPage } from "./render-page.ts";

/**
 * An audit as a page of HTML by itself: the signs with their figures and thresholds, proxy and gold by √KL with their fits, and what else went
 * along the run. It asks for nothing from elsewhere.
 *
 * @example
 * const metrics = [1, 2, 3].map((step) => ({ step, values: { "objective/scores": step, "objective/kl": step } }));
 * const page = auditPage(auditRun({ metrics, samples: [] }), { run: "runs/first" });
 */
export function auditPage(audit: RunAudit, { run, judge }: { readonly run: string; readonly judge?: string | undefined }): string {
  const shown = audit.signs.filter(({ shows }) => shows).length;
  const body = [
    `<h1>Audit of ${escapeHtml(run)}</h1>`,
    `<p>${audit.steps} steps in ${audit.stretches.length} stretches; ${judge === undefined ? "no judge, so no gold score" : `gold score by ${escapeHtml(judge)}, of the logged answers`}. ` +
      `${shown} of ${audit.signs.length} signs of over-optimisation show. Signs are no verdicts, and none is no promise.</p>`,
    signTable(audit.signs),
    section("Training reward (proxy) by distance", byDistance(audit.stretches, "proxy", audit.proxyFit)),
    section("Judge's score (gold) by distance", byDistance(audit.stretches, "gold", audit.goldFit)),
    section("Length", alongRun(audit.stretches, "length", "tokens an answer")),
    section("Spread of the reward", alongRun(audit.stretches, "spread", "standard deviation of the reward")),
  ];
  return renderPage({ title: `Audit of ${run}`, body: body.join("\n") });
}

const section = (title: string, content: string): string => (content === "" ? "" : `<h2>${title}</h2>\n${content}`);

function signTable(signs: readonly AuditSign[]): string {
  const rows = signs.map(({ name, figureIs, figure, below, above, shows }) => {
    const threshold = [...(below === undefined ? [] : [`below ${below}`]), ...(above === undefined ? [] : [`above ${above}`])].join(" or ");
    const state = figure === null ? "not measured" : shows ? "shows" : "no";
    return `<tr><td>${name}<br><small class="quiet">${figureIs}</small></td><td>${numberText(figure)}</td><td>${threshold}</td><td${shows ? ' class="sign"' : ""}>${state}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>sign</th><th>figure</th><th>a sign</th><th></th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function byDistance(stretches: readonly AuditStretch[], name: "proxy" | "gold", fit: OverOptimisationFit | null): string {
  const points = stretches.map((stretch) => ({ x: stretch.distance ?? Number.NaN, y: stretch[name] ?? Number.NaN }));
  const farthest = Math.max(...stretches.map(({ distance }) => distance ?? 0));
  const fitted: PlotSeries[] = fit === null ? [] : [{ name: "start + d·(α − β·d)", shape: "dashes", points: curve(fit, farthest) }];
  const series: PlotSeries[] = [{ name: `${name}, a point a stretch`, shape: "points", points }, ...fitted];
  const plot = drawPlot({ series, xLabel: "d = √KL from the start, in nats an answer", yLabel: "mean score" });
  return plot === "" ? "" : `${plot}${fit === null ? "" : `<p>${fitText(fit)}</p>`}`;
}

const curve = ({ start, alpha, beta }: OverOptimisationFit, farthest: number) =>
  Array.from({ length: 41 }, (_, i) => (i / 40) * farthest).map((x) => ({ x, y: start + x * (alpha - beta * x) }));

function fitText({ start, alpha, beta, peak, explained }: OverOptimisationFit): string {
  const turn = peak === null ? "it does not turn down" : `highest at d = ${numberText(peak)}`;
  return `Fitted: start ${numberText(start)}, α ${numberText(alpha)}, β ${numberText(beta)}, R² ${numberText(explained)}; ${turn}.`;
}

function alongRun(stretches: readonly AuditStretch[], name: "length" | "spread", yLabel: string): string {
  const points = stretches.map((stretch) => ({ x: (stretch.firstStep + stretch.lastStep) / 2, y: stretch[name] ?? Number.NaN }));
  return drawPlot({ series: [{ name: yLabel, shape: "line", points }], xLabel: "step", yLabel });
}
