import { expect, test } from "vitest";
import { drawPlot, ticksOf } from "./draw-plot.ts";

test.each([
  [
    [0, 1],
    [0, 0.2, 0.4, 0.6, 0.8, 1],
  ],
  [
    [0.3, 2.2],
    [0, 0.5, 1, 1.5, 2, 2.5],
  ],
  [
    [-30, 10],
    [-30, -20, -10, 0, 10],
  ],
  [
    [5, 5],
    [5, 6],
  ],
  [
    [0, 0],
    [0, 0.2],
  ],
])("the ticks of %j are %j", (values, ticks) => {
  expect(ticksOf(values)).toEqual(ticks.map((tick) => expect.closeTo(tick, 9)));
});

test("each series is drawn in its own class: a line, its dots and their labels", () => {
  const svg = drawPlot({
    series: [
      {
        name: "best of n",
        shape: "line",
        points: [
          { x: 0, y: 0 },
          { x: 2, y: 1, label: "8" },
        ],
      },
      { name: "policy <b>", shape: "points", points: [{ x: 1, y: 0.5 }] },
    ],
    xLabel: "KL",
    yLabel: "score",
  });
  expect(svg.match(/<polyline/g)).toHaveLength(1);
  expect(svg.match(/<circle class="dot series-0"/g)).toHaveLength(2);
  expect(svg.match(/<circle class="dot series-1" cx="298" /g)).toHaveLength(1); // halfway between 56 and 540
  expect(svg).toContain("policy &lt;b&gt;");
  expect(svg).toContain(">8</text>");
});

test("what is not finite is left out, and nothing makes nothing", () => {
  const series = [{ name: "a", shape: "points" as const, points: [{ x: Number.NaN, y: 1 }] }];
  expect(drawPlot({ series, xLabel: "x", yLabel: "y" })).toBe("");
});
