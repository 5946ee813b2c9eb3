/** A line chart in characters. */
export interface Plot {
  readonly title: string;
  /** One for each step, the first at step 1. Those that are not finite are left out. */
  readonly values: readonly number[];
  /** Characters across, the axis included. */
  readonly width: number;
  /** Lines between the highest and the lowest value. Default 8. */
  readonly height?: number;
}

/**
 * Draws values over steps, one line of text a row. More values than columns are averaged, fewer are stretched.
 *
 * @example
 * console.log(plotLine({ title: "reward", values: [0, 1, 2, 3], width: 20, height: 4 }).join("\n"));
 */
export function plotLine({ title, values, width, height = 8 }: Plot): string[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [title, "(nothing to draw)"];
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const labels = [high, low].map((value) => value.toFixed(decimals(high - low)));
  const margin = Math.max(...labels.map((label) => label.length));
  const columns = resample(finite, width - margin - 2);
  const level = (value: number): number => (high === low ? 0 : Math.round(((value - low) / (high - low)) * (height - 1)));
  const grid = trace(columns.map(level), height);

  const rows = grid.map((row, line) => {
    const label = line === 0 ? labels[0]! : line === height - 1 ? labels[1]! : "";
    return `${label.padStart(margin)} ${label === "" ? "│" : "┤"}${row.join("")}`.trimEnd();
  });
  const axis = `${" ".repeat(margin + 1)}└${"─".repeat(columns.length)}`;
  const last = `step ${values.length}`;
  const ends = `${" ".repeat(margin + 2)}${"step 1".padEnd(columns.length - last.length)}${last}`;
  return [title, ...rows, axis, ends];
}

/** The line through one level a column, as characters; row 0 is the top. */
function trace(levels: readonly number[], height: number): string[][] {
  const grid = Array.from({ length: height }, () => levels.map(() => " "));
  const put = (level: number, column: number, glyph: string): void => {
    grid[height - 1 - level]![column] = glyph;
  };
  levels.forEach((level, column) => {
    const next = levels[column + 1] ?? level;
    const up = next > level;
    put(level, column, next === level ? "─" : up ? "╯" : "╮");
    if (next === level) return;
    put(next, column, up ? "╭" : "╰");
    for (let between = Math.min(level, next) + 1; between < Math.max(level, next); between++) put(between, column, "│");
  });
  return grid;
}

/** As many values as there are columns: means of runs of values, or values repeated. */
export function resample(values: readonly number[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const run = values.slice(from, to);
    return run.reduce((sum, value) => sum + value, 0) / run.length;
  });
}

/** Enough digits to tell the two ends apart. */
const decimals = (range: number): number => (range > 0 ? Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(range)))) : 3);

/** Two blocks of lines next to each other; one above the other where `width` is too small for both. */
export function sideBySide(left: readonly string[], right: readonly string[], width: number): string[] {
  const leftWidth = Math.max(...left.map((line) => line.length)) + 3;
  if (leftWidth + Math.max(...right.map((line) => line.length)) > width) return [...left, "", ...right];
  const rows = Math.max(left.length, right.length);
  return Array.from({ length: rows }, (_, row) => `${(left[row] ?? "").padEnd(leftWidth)}${right[row] ?? ""}`.trimEnd());
}
