import { expect, test } from "vitest";
import { stageLine } from "./stage-line.ts";
import { recordingTerminal } from "./terminal.fixture.ts";

const at = (share: number, secondsLeft?: number) => ({ stage: "prefer", number: 3, stages: 6, share, secondsLeft });

test("a terminal has one line that is written over, with the time left once it is known", () => {
  const terminal = recordingTerminal({ interactive: true });
  const line = stageLine(terminal);
  line.show(at(0));
  line.show(at(0.456, 75));
  line.say("prefer: done");
  line.end();
  const now = "3/6 prefer  45 %  1 min 15 s left";
  expect(terminal.text().split("\r\u001b[K")).toEqual(["", "3/6 prefer  0 %", now, `prefer: done\n${now}`, ""]);
});

test("what is no terminal gets a plain line for the beginning of a stage and each quarter of it", () => {
  const terminal = recordingTerminal();
  const line = stageLine(terminal);
  for (let step = 0; step <= 40; step++) line.show(at(step / 40, 40 - step));
  line.end();
  expect(terminal.text().trimEnd().split("\n")).toEqual([
    "3/6 prefer  0 %  40 s left",
    "3/6 prefer  25 %  30 s left",
    "3/6 prefer  50 %  20 s left",
    "3/6 prefer  75 %  10 s left",
  ]);
});
