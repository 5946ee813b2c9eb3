/** How many times as fast as one worker, for so many workers. */
interface SpeedupCurve {
  readonly name: string;
  readonly values: readonly number[];
  readonly color: string;
  readonly dashes?: string;
}

export interface SpeedupPanel {
  readonly title: string;
  readonly curves: readonly SpeedupCurve[];
  /** What no number of workers exceeds. */
  readonly bound: number;
}

const panel = { width: 300, height: 300, left: 60, top: 40, gap: 64 };
const key = { top: 56, row: 22, columns: 2, columnWidth: 352 };

/** Panels side by side over the same workers, both axes logarithmic, as an SVG that reads on light and dark pages. */
export function drawSpeedups({
  workers,
  panels,
}: {
  readonly workers: readonly number[];
  readonly panels: readonly SpeedupPanel[];
}): string {
  const highest = Math.max(2, ...panels.flatMap(({ curves, bound }) => [bound, ...curves.flatMap(({ values }) => values)]));
  const lowest = Math.min(1, ...panels.flatMap(({ curves }) => curves.flatMap(({ values }) => values)));
  const low = 2 ** Math.floor(Math.log2(lowest));
  const high = 2 ** Math.ceil(Math.log2(highest * 1.05));
  const [first = 1, last = 1] = [workers[0], workers.at(-1)];
  const bottom = panel.top + panel.height;
  const y = (value: number) => round(bottom - (Math.log(value / low) / Math.log(high / low)) * panel.height);
  const drawn = panels.map(({ title, curves, bound }, index) => {
    const left = panel.left + index * (panel.width + panel.gap);
    const right = left + panel.width;
    const x = (count: number) => round(left + (Math.log(count / first) / Math.log(last / first)) * panel.width);
    const line = (tick: number) =>
      `<line x1="${left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="#8884"/>` +
      `<text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`;
    const labels = workers.map((count) => `<text x="${x(count)}" y="${bottom + 20}" text-anchor="middle">${count}</text>`);
    const polyline = ({ values, color, dashes }: SpeedupCurve) => {
      const points = values.map((value, at) => `${x(workers[at]!)},${y(value)}`);
      const dots = points.map((point) => point.split(",")).map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`);
      return `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="2"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>${dots.join("")}`;
    };
    const most = Math.min(last, high);
    return [
      `<text x="${left}" y="${panel.top - 16}" font-weight="600">${title}</text>`,
      powersOfTwo(low, high).map(line).join(""),
      labels.join(""),
      `<line x1="${x(first)}" y1="${y(first)}" x2="${x(most)}" y2="${y(most)}" stroke="#777" stroke-dasharray="2 4"/>`,
      `<line x1="${left}" x2="${right}" y1="${y(bound)}" y2="${y(bound)}" stroke="#777" stroke-width="1.5" stroke-dasharray="8 4"/>`,
      `<text x="${right}" y="${y(bound) - 6}" text-anchor="end">the update alone: ${bound.toFixed(1)}</text>`,
      ...curves.map(polyline),
      `<text x="${left + panel.width / 2}" y="${bottom + 40}" text-anchor="middle">workers</text>`,
    ].join("\n  ");
  });
  const named = panels[0]?.curves ?? [];
  const keys = named.map(({ name, color, dashes }, index) => {
    const left = panel.left + (index % key.columns) * key.columnWidth;
    const row = bottom + key.top + 12 + Math.floor(index / key.columns) * key.row;
    return (
      `<line x1="${left}" x2="${left + 28}" y1="${row - 4}" y2="${row - 4}" stroke="${color}" stroke-width="2"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>` +
      `<text x="${left + 36}" y="${row}">${name}</text>`
    );
  });
  const width = panel.left + panels.length * (panel.width + panel.gap) - panel.gap + 16;
  const height = bottom + key.top + 20 + Math.ceil(named.length / key.columns) * key.row;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#777">
  ${drawn.join("\n  ")}
  <text x="16" y="${panel.top + panel.height / 2}" text-anchor="middle" transform="rotate(-90 16 ${panel.top + panel.height / 2})">times as fast as one worker</text>
  ${keys.join("\n  ")}
</svg>
`;
}

function powersOfTwo(low: number, high: number): number[] {
  const count = Math.round(Math.log2(high / low));
  return Array.from({ length: count + 1 }, (_, power) => low * 2 ** power);
}

const round = (coordinate: number): number => Math.round(coordinate * 10) / 10;
