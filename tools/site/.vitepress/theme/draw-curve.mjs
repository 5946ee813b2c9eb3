// @ts-check
import uPlot from "uplot";

/**
 * Mean reward (left) and KL (right) by step, in the site's colours as they are now.
 *
 * @param {HTMLElement} into
 * @param {readonly { step: number, score: number, kl: number }[]} taken
 */
export function drawCurve(into, taken) {
  const style = getComputedStyle(into);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const [text, grid, reward, kl] = ["--vp-c-text-2", "--vp-c-divider", "--vp-c-brand-1", "--vp-c-warning-1"].map(colour);
  const axis = {
    stroke: text,
    labelFont: "600 13px system-ui, sans-serif",
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  const points = { show: taken.length < 30, size: 5 };
  return new uPlot(
    {
      width: into.clientWidth,
      height: 280,
      scales: { x: { time: false, range: [1, Math.max(2, taken.length)] } },
      legend: { show: false }, // the axes say it, each in its curve's colour
      series: [{}, { stroke: reward, width: 2, points }, { stroke: kl, width: 2, scale: "kl", points }],
      axes: [
        { ...axis, incrs: [1, 2, 5, 10, 20, 50] },
        { ...axis, stroke: reward, label: "Mean reward of the step", labelSize: 20 },
        { ...axis, stroke: kl, scale: "kl", side: 1, label: "KL from the start, nats a token", labelSize: 20, grid: { show: false } },
      ],
    },
    [taken.map(({ step }) => step), taken.map(({ score }) => score), taken.map(({ kl }) => kl)],
    into,
  );
}
