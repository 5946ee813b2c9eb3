// @ts-check

/**
 * @typedef {{ readonly n: number, readonly kl: number, readonly value: number }} Best best of n answers of the untrained policy
 * @typedef {{ readonly algorithm: string, readonly kl: number, readonly value: number }} Run
 */

const width = 720;
const height = 420;
const frame = { left: 64, right: 150, top: 24, bottom: 56 };
const colors = ["#4c78a8", "#f58518", "#54a24b", "#b279a2", "#e45756"];

/**
 * What training gained against the KL that it cost, as an SVG that reads on light and dark pages: a line through best-of-n of the untrained
 * policy, and a point for each trained one.
 *
 * @param {{ best: readonly Best[], runs: readonly Run[], title: string, tick: number }} results `title`: of the values, between whose
 *   lines lies a `tick`
 */
export function drawFrontier({ best, runs, title, tick }) {
  const points = [...best, ...runs];
  const right = Math.ceil(Math.max(...points.map(({ kl }) => kl)));
  const low = tick * Math.floor(Math.min(...points.map(({ value }) => value)) / tick);
  const high = tick * Math.ceil(Math.max(...points.map(({ value }) => value)) / tick);
  const x = (/** @type {number} */ kl) => round(frame.left + (kl / right) * (width - frame.left - frame.right));
  const y = (/** @type {number} */ value) =>
    round(height - frame.bottom - ((value - low) / (high - low)) * (height - frame.top - frame.bottom));
  const values = Array.from({ length: Math.round((high - low) / tick) + 1 }, (_, i) => low + i * tick);
  const horizontal = values.map(
    (value) =>
      `<line x1="${frame.left}" x2="${width - frame.right}" y1="${y(value)}" y2="${y(value)}" stroke="#8884"/>` +
      `<text x="${frame.left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toFixed(1)}</text>`,
  );
  const vertical = Array.from({ length: right + 1 }, (_, kl) => `<text x="${x(kl)}" y="${height - 36}" text-anchor="middle">${kl}</text>`);
  const algorithms = [...new Set(runs.map(({ algorithm }) => algorithm))];
  const trained = algorithms.flatMap((algorithm, index) => {
    const color = colors[index % colors.length];
    const row = frame.top + 48 + index * 22;
    const key = `<circle cx="${width - frame.right + 20}" cy="${row - 4}" r="5" fill="${color}"/><text x="${width - frame.right + 32}" y="${row}">${algorithm}</text>`;
    return [
      key,
      ...runs
        .filter((run) => run.algorithm === algorithm)
        .map(({ kl, value }) => `<circle cx="${x(kl)}" cy="${y(value)}" r="5" fill="${color}"/>`),
    ];
  });
  const line = best.map(({ kl, value }) => `${x(kl)},${y(value)}`).join(" ");
  const numbers = best.map(
    ({ n, kl, value }) =>
      `<circle cx="${x(kl)}" cy="${y(value)}" r="3" fill="#777"/><text x="${x(kl)}" y="${y(value) - 8}" text-anchor="middle" font-size="11">${n}</text>`,
  );
  const keyRow = frame.top + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#777">
  ${horizontal.join("\n  ")}
  ${vertical.join("")}
  <polyline points="${line}" fill="none" stroke="#777" stroke-width="1.5" stroke-dasharray="4 3"/>
  ${numbers.join("\n  ")}
  <line x1="${width - frame.right + 12}" x2="${width - frame.right + 28}" y1="${keyRow - 4}" y2="${keyRow - 4}" stroke="#777" stroke-dasharray="4 3"/><text x="${width - frame.right + 32}" y="${keyRow}">best of n</text>
  ${trained.join("\n  ")}
  <text x="${(frame.left + width - frame.right) / 2}" y="${height - 12}" text-anchor="middle">KL from the untrained policy, nats a response</text>
  <text x="16" y="${(frame.top + height - frame.bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(frame.top + height - frame.bottom) / 2})">${title}</text>
</svg>
`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
