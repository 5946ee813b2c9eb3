import { expect, test } from "vitest";
import { type DemoOutcome, demoReport, demoResult } from "./demo-report.ts";
import { recordingTerminal } from "./terminal.fixture.ts";

const evaluation = (step: number, meanScore: number, response: string) => ({
  step,
  meanScore,
  stdScore: 0.5,
  klPerToken: step === 0 ? 0 : 0.12,
  metrics: {},
  scores: Float32Array.of(meanScore, meanScore),
  samples: ["The captain", "An old letter"].map((prompt) => ({ prompt, response, score: meanScore })),
});
const outcome: DemoOutcome = {
  history: {
    steps: [1, 2, 3].map((step) => ({ step, metrics: { "objective/scores": step, "objective/kl_per_token": step / 100 } })),
    evaluations: [evaluation(0, -0.25, " swore"), evaluation(3, 1, " smiled")],
  },
  backend: "tensorflow",
  setupSeconds: 1.5,
  trainSeconds: 83,
  peakRssBytes: 5e8,
  out: "runs/demo-1",
};

test("the last line holds the held-out rewards before and after, in the order that is promised", () => {
  expect(JSON.stringify(demoResult(outcome))).toBe(
    '{"backend":"tensorflow","steps":3,"rewardBefore":-0.25,"rewardAfter":1,"rewardStdBefore":0.5,"klPerToken":0.12,' +
      '"setupSeconds":1.5,"trainSeconds":83,"peakRssBytes":500000000,"out":"runs/demo-1"}',
  );
});

test("the report shows samples and curves, says the result in words, and has no control codes where it is piped", () => {
  const report = demoReport(outcome, recordingTerminal({ columns: 100 })).join("\n");
  for (const part of [
    "› The captain",
    "swore (−0.25)",
    "smiled (+1.00)",
    "mean reward of the training batch",
    "KL from the start",
    "npx @cai/cli inspect runs/demo-1 --step 3 --page",
    "npx @cai/cli replay runs/demo-1",
  ]) {
    expect(report).toContain(part);
  }
  expect(report.replaceAll("\n", " ")).toContain(
    "After 3 steps in 1 min 23 s, the mean reward on 2 prompts that training never saw rose from −0.25 to +1.00 " +
      "(+2.50 standard deviations), 0.12 nats a token away from where it started.",
  );
  expect(report).not.toMatch(/[^\P{Cc}\n]/u);
});

test("a reward that did not rise is called so", () => {
  const worse = { ...outcome, history: { ...outcome.history, evaluations: [evaluation(0, 1, "a"), evaluation(3, 0.5, "b")] } };
  expect(demoReport(worse, recordingTerminal()).join(" ")).toContain("did not rise: it went from +1.00 to +0.50");
});
