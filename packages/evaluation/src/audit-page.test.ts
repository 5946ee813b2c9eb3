import { expect, test } from "vitest";
import { auditPage } from "./audit-page.ts";
import { auditRun } from "./audit-run.ts";

const metrics = Array.from({ length: 12 }, (_, step) => ({
  step: step + 1,
  values: { "objective/scores": step, "objective/kl": step, "tokens/response_mean": 10 + 2 * step },
}));
const samples = metrics.map(({ step }) => ({ step, prompt: "<why>", response: `because of ${step}`, score: step }));

test("each sign stands with its figure and threshold, and whether it shows", () => {
  const page = auditPage(auditRun({ metrics, samples }), { run: "runs/<1>" });
  expect(page).toContain("<h1>Audit of runs/&lt;1&gt;</h1>");
  expect(page).toMatch(/length-drift<br>.*?<td>3\.20<\/td><td>below 0\.7 or above 1\.4<\/td><td class="sign">shows/);
  expect(page).toMatch(/gold-fell<br>.*?<td>–<\/td><td>above 3<\/td><td>not measured/);
  expect(page).toContain("Signs are no verdicts");
});

test("proxy and gold have a place by √KL, and their fits lines", () => {
  const gold = samples.map(({ step }) => -step);
  const page = auditPage(auditRun({ metrics, samples, gold }), { run: "r", judge: "judge.mjs" });
  expect(page.match(/class="dot series-0"/g)!.length).toBeGreaterThanOrEqual(12);
  expect(page).toContain("gold, a point a stretch");
  expect(page.match(/class="dashes line/g)).toHaveLength(2);
  expect(page).not.toMatch(/https?:|<script/);
});

test("a run without a KL has no such plot", () => {
  const bare = metrics.map(({ step }) => ({ step, values: { reward: step } }));
  expect(auditPage(auditRun({ metrics: bare, samples: [] }), { run: "r" })).not.toContain("<svg");
});
