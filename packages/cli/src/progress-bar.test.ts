import { expect, test } from "vitest";
import { formatSeconds, progressBar } from "./progress-bar.ts";
import { recordingTerminal } from "./terminal.fixture.ts";

const at = (step: number) => ({ step, seconds: 2, figures: { reward: step / 10, "kl/token": 0.01, loss: Number.NaN } });

test("a terminal has one line that is written over, and lines of their own stand above it", () => {
  const terminal = recordingTerminal({ interactive: true, columns: 100 });
  const bar = progressBar(terminal, 4);
  bar.show(at(1));
  bar.say("checkpoint");
  bar.show(at(2));
  bar.end();
  const line = (step: number, full: number, left: number) =>
    `${"━".repeat(full)}${"─".repeat(24 - full)} ${step}/4  reward 0.${step}00${step > 1 ? " ▁█" : ""}  kl/token 0.010  2.0 s a step  ${left} s left`;
  expect(terminal.text().split("\r\u001b[K")).toEqual(["", line(1, 6, 6), `checkpoint\n${line(1, 6, 6)}`, `${line(2, 12, 4)}\n`]);
});

test("a narrow terminal gets the numbers without the bar, cut to its width", () => {
  const terminal = recordingTerminal({ interactive: true, columns: 40 });
  progressBar(terminal, 4).show(at(1));
  expect(terminal.text()).toBe("\r\u001b[K1/4  reward 0.100  kl/token 0.010  2.0 ");
});

test("what is no terminal gets a plain line for every tenth of the run, the first and the last among them", () => {
  const terminal = recordingTerminal();
  const bar = progressBar(terminal, 40);
  for (let step = 1; step <= 40; step++) bar.show(at(step));
  bar.end();
  const lines = terminal.text().trimEnd().split("\n");
  expect(lines.map((line) => Number.parseInt(line, 10))).toEqual([1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
  expect(lines.at(-1)).toBe("40/40  reward 4.000  kl/token 0.010  2.0 s a step  0 s left");
});

test("tokens a second are shown where a step tells them, and huge figures as powers of ten", () => {
  const terminal = recordingTerminal();
  progressBar(terminal, 8).show({ step: 8, seconds: 1, figures: { reward: -7.5e37 }, tokensPerSecond: 1234.5 });
  expect(terminal.text()).toBe("8/8  reward -7.50e+37  1,235 tokens/s  1.0 s a step  0 s left\n");
});

test("the steps of a run may be known only once it goes, and large figures have no decimals", () => {
  const terminal = recordingTerminal();
  let steps = 0;
  const bar = progressBar(terminal, () => steps);
  steps = 8;
  bar.show({ step: 8, seconds: 1, figures: { loss: 99.5, "tokens/s": 1234.5 } });
  expect(terminal.text()).toBe("8/8  loss 99.500  tokens/s 1235  1.0 s a step  0 s left\n");
});

test("times are told in units that a reader uses", () => {
  expect([0.4, 59.4, 200, 7500].map(formatSeconds)).toEqual(["0 s", "59 s", "3 min 20 s", "2 h 5 min"]);
});
