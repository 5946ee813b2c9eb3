// @ts-check

const [width, rowHeight, boxHeight, gap, margin] = [1240, 96, 30, 14, 10];
const widthOf = (/** @type {string} */ name) => 22 + 7.6 * name.length;

/**
 * The packages row by row, the arrows from each to those that it imports.
 *
 * @param {readonly (readonly string[])[]} rows names, from the row that imports nothing on
 * @param {readonly { readonly from: string, readonly to: string }[]} arrows
 * @returns {string} an SVG, readable on light and on dark
 */
export function picture(rows, arrows) {
  const places = placed(rows, arrows);
  const lines = arrows.map(({ from, to }) => {
    const [a, b] = [placeOf(places, to), placeOf(places, from)];
    const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + boxHeight, b.x + b.width / 2, b.y];
    const bend = (y2 - y1) / 2;
    return `<path class="row${b.row}" d="M${number(x1)} ${y1}C${number(x1)} ${number(y1 + bend)} ${number(x2)} ${number(y2 - bend)} ${number(x2)} ${y2}"/>`;
  });
  const boxes = [...places].map(
    ([name, { x, y, width: wide, row }]) =>
      `<rect class="row${row}" x="${number(x)}" y="${y}" width="${number(wide)}" height="${boxHeight}" rx="6"/>` +
      `<text x="${number(x + wide / 2)}" y="${y + 20}">${name}</text>`,
  );
  const height = rows.length * rowHeight - (rowHeight - boxHeight) + 2 * margin;
  const colours = rows.map((_, row) => `.row${row}{stroke:hsl(${(row * 47 + 210) % 360} 55% 50%)}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The packages in rows, with their imports">`,
    `<style>text{font:13px ui-monospace,Menlo,Consolas,monospace;text-anchor:middle;fill:#1f2328}rect{fill:#fff;stroke-width:1.5}` +
      `path{fill:none;stroke-width:1.2;opacity:.55}${colours.join("")}` +
      `@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#161b22}}</style>`,
    ...lines,
    ...boxes,
    "</svg>",
    "",
  ].join("\n");
}

/**
 * Where each box is: in its row, from left to right by where what it imports is, so that arrows cross less.
 *
 * @param {readonly (readonly string[])[]} rows @param {readonly { readonly from: string, readonly to: string }[]} arrows
 */
function placed(rows, arrows) {
  /** @type {Map<string, { readonly x: number, readonly y: number, readonly width: number, readonly row: number }>} */
  const places = new Map();
  for (const [row, names] of rows.entries()) {
    const pull = (/** @type {string} */ name) => {
      const above = arrows.filter(({ from }) => from === name).map(({ to }) => placeOf(places, to));
      return above.length === 0 ? width / 2 : above.reduce((sum, { x, width: wide }) => sum + x + wide / 2, 0) / above.length;
    };
    const ordered = [...names].sort((one, other) => pull(one) - pull(other) || one.localeCompare(other, "en"));
    const total = ordered.reduce((sum, name) => sum + widthOf(name), 0);
    const space = ordered.length === 1 ? 0 : Math.min((width - 2 * margin - total) / (ordered.length - 1), 8 * gap);
    let x = (width - total - space * (ordered.length - 1)) / 2;
    for (const name of ordered) {
      places.set(name, { x, y: margin + row * rowHeight, width: widthOf(name), row });
      x += widthOf(name) + space;
    }
  }
  return places;
}

/** @template Place @param {ReadonlyMap<string, Place>} places @param {string} name @returns {Place} */
function placeOf(places, name) {
  const place = places.get(name);
  if (place === undefined) throw new Error(`${name} stands in no row: add it to tools/package-rows.mjs`);
  return place;
}

const number = (/** @type {number} */ x) => Number(x.toFixed(1));
