import { escapeHtml } from "./escape-html.ts";
import { numberText } from "./number-text.ts";

/** Points of one kind, with a line through them or without. */
export interface PlotSeries {
  readonly name: string;
  readonly shape: "line" | "dashes" | "points";
  readonly points: readonly { readonly x: number; readonly y: number; readonly label?: string }[];
}

const width = 560;
const height = 340;
const frame = { left: 56, right: 20, top: 20, bottom: 48 };

/**
 * A plot as inline SVG, with its key as a list above it. Colours are those of the page's style (`renderPage`), which has a light and a dark form.
 * Points that are not finite are left out; without any it is empty.
 */
export function drawPlot({
  series,
  xLabel,
  yLabel,
}: {
  readonly series: readonly PlotSeries[];
  readonly xLabel: string;
  readonly yLabel: string;
}): string {
  const shown = series.map((each) => ({ ...each, points: each.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)) }));
  const all = shown.flatMap(({ points }) => points);
  if (all.length === 0) return "";
  const [xs, ys] = [ticksOf(all.map(({ x }) => x)), ticksOf(all.map(({ y }) => y))];
  const place = ({ x, y }: { readonly x: number; readonly y: number }) => ({
    x: frame.left + share(x, xs) * (width - frame.left - frame.right),
    y: height - frame.bottom - share(y, ys) * (height - frame.top - frame.bottom),
  });
  const grid = ys.map((tick) => {
    const { y } = place({ x: xs[0]!, y: tick });
    return `<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${round(y)}" y2="${round(y)}"/><text x="${frame.left - 8}" y="${round(y + 4)}" text-anchor="end">${tickText(tick, ys)}</text>`;
  });
  const below = xs.map(
    (tick) =>
      `<text x="${round(place({ x: tick, y: ys[0]! }).x)}" y="${height - frame.bottom + 18}" text-anchor="middle">${tickText(tick, xs)}</text>`,
  );
  const drawn = shown.map(({ shape, points }, index) => {
    const places = points.map((point) => ({ ...place(point), label: point.label }));
    const line = `<polyline class="${shape === "dashes" ? "dashes " : ""}line series-${index}" points="${places.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ")}"/>`;
    const dots = places.map(
      ({ x, y, label }) =>
        `<circle class="dot series-${index}" cx="${round(x)}" cy="${round(y)}" r="${shape === "points" ? 5 : 3}"/>` +
        (label === undefined ? "" : `<text x="${round(x)}" y="${round(y - 9)}" text-anchor="middle">${escapeHtml(label)}</text>`),
    );
    return (shape === "points" ? "" : line) + (shape === "dashes" ? "" : dots.join(""));
  });
  const key = shown.map(({ name }, index) => `<li class="series-${index}">${escapeHtml(name)}</li>`).join("");
  const middle = frame.top + (height - frame.top - frame.bottom) / 2;
  return `<figure>
<ul class="key">${key}</ul>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${yLabel} against ${xLabel}`)}">
${grid.join("\n")}
${below.join("")}
${drawn.join("\n")}
<text x="${frame.left + (width - frame.left - frame.right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>
<text x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">${escapeHtml(yLabel)}</text>
</svg>
</figure>`;
}

/** Round numbers from below the least value to above the greatest, some four to eight. */
export function ticksOf(values: readonly number[]): number[] {
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const range = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 4));
  const step = power * [1, 2, 5, 10].find((factor) => range / (factor * power) <= 6)!;
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

const share = (value: number, ticks: readonly number[]): number => (value - ticks[0]!) / (ticks.at(-1)! - ticks[0]!);

/** As many decimals as the distance of two ticks needs. */
function tickText(tick: number, ticks: readonly number[]): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(ticks[1]! - ticks[0]!) + 1e-9));
  return numberText(tick, Math.min(decimals, 12));
}

const round = (value: number): number => Math.round(value * 10) / 10;
