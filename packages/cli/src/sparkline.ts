import { resample } from "./terminal-plot.ts";

const levels = "▁▂▃▄▅▆▇█";

/**
 * A curve in one line of text: a character a value, or where there are more of them than `width`, a mean of several. From the lowest that it shows to
 * the highest; what is not finite is left out.
 *
 * @example
 * console.log(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)); // ▁▂▃▄▅▆▇█
 */
export function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const shown = finite.length > width ? resample(finite, width) : finite;
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const level = (value: number) => (high === low ? 0 : Math.round(((value - low) / (high - low)) * (levels.length - 1)));
  return shown.map((value) => levels[level(value)]).join("");
}
