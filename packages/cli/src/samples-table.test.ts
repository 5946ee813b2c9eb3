import { expect, test } from "vitest";
import { samplesTable, signed } from "./samples-table.ts";
import { recordingTerminal } from "./terminal.fixture.ts";

test("each prompt stands over its two answers, wrapped to half the terminal each", () => {
  const before = [{ prompt: "The captain", response: " was angry at\nall of them", score: -0.5 }];
  const after = [{ prompt: "The captain", response: " smiled", score: 1.25 }];
  expect(samplesTable(before, after, recordingTerminal({ columns: 43 }))).toEqual([
    "before               │ after",
    "─────────────────────┴─────────────────────",
    "› The captain",
    "was angry at all of  │ smiled (+1.25)",
    "them (−0.50)         │",
  ]);
});

test("the line between the answers stands straight beside wide characters", () => {
  const [before, after] = ["日本の家", "ok"].map((response) => [{ prompt: "x", response, score: 1 }]);
  const lines = samplesTable(before!, after!, recordingTerminal({ columns: 43 }));
  expect(lines.at(-1)).toBe("日本の家 (+1.00)     │ ok (+1.00)");
});

test("a score has its sign", () => {
  expect([signed(0), signed(1.005), signed(-2)]).toEqual(["+0.00", "+1.00", "−2.00"]);
});
