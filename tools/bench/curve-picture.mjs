// @ts-check
/**
 * Curves over one axis, both axes logarithmic, as an SVG that reads on light and dark pages: a slope of one is growth in proportion.
 *
 * @typedef {{ readonly name: string, readonly unit: string, readonly color: string, readonly values: readonly number[] }} Curve above 0, one for each x
 */

const width = 720;
const panel = { left: 64, right: 24, top: 34, height: 170, gap: 64 };
const inner = width - panel.left - panel.right;

/**
 * @param {{ x: readonly number[], xTitle: string, xLabels?: readonly string[], curves: readonly Curve[] }} chart `x`: ascending, above 0
 * @returns {string} the SVG, a panel for each curve
 */
export function drawCurves({ x, xTitle, xLabels = x.map(String), curves }) {
  const horizontal = logScale(x[0] ?? 1, x.at(-1) ?? 1, panel.left, panel.left + inner);
  const places = x.map((value) => round(horizontal(value)));
  const panels = curves.map((curve, index) => drawPanel(curve, places, panel.top + index * (panel.height + panel.gap)));
  const height = panel.top + curves.length * (panel.height + panel.gap);
  const labels = places.map((place, i) => `<text x="${place}" y="${height - 34}" text-anchor="middle">${xLabels[i]}</text>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#777">
  ${panels.join("\n  ")}
  ${labels}
  <text x="${panel.left + inner / 2}" y="${height - 12}" text-anchor="middle">${xTitle}</text>
</svg>
`;
}

/** @param {Curve} curve @param {readonly number[]} places @param {number} top */
function drawPanel({ name, unit, color, values }, places, top) {
  const ticks = ticksAround(Math.min(...values), Math.max(...values));
  const vertical = logScale(ticks[0] ?? 1, ticks.at(-1) ?? 1, top + panel.height, top);
  const lines = ticks.map((tick) => {
    const y = round(vertical(tick));
    return (
      `<line x1="${panel.left}" x2="${width - panel.right}" y1="${y}" y2="${y}" stroke="#8884"/>` +
      `<text x="${panel.left - 8}" y="${y + 4}" text-anchor="end">${tick}</text>`
    );
  });
  const points = values.map((value, i) => ({ x: places[i] ?? 0, y: round(vertical(value)) }));
  return `<text x="${panel.left}" y="${top - 12}" font-weight="600">${name}, ${unit}</text>${lines.join("")}
  <polyline points="${points.map(({ x, y }) => `${x},${y}`).join(" ")}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>
  ${points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${color}"/>`).join("")}`;
}

/** Ticks of 1, 2 and 5 in each power of ten, from the last at or below the smallest to the first at or above the largest. @param {number} low @param {number} high */
export function ticksAround(low, high) {
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const all = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const from = all.findLastIndex((tick) => tick <= low);
  const to = all.findIndex((tick) => tick >= high);
  return all.slice(from, to + 1);
}

/** @param {number} low @param {number} high @param {number} start @param {number} end @returns {(value: number) => number} */
function logScale(low, high, start, end) {
  const span = Math.log(high / low) || 1;
  return (value) => start + (Math.log(value / low) / span) * (end - start);
}

/** @param {number} coordinate */
const round = (coordinate) => Math.round(coordinate * 10) / 10;
