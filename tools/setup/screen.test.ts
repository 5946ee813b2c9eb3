import { expect, test } from "vitest";
import { openScreen } from "./screen.mjs";

/** A screen on a clock of its own, and what was written on it. */
function makeScreen(live: boolean) {
  let written = "";
  let time = 0;
  const stream = {
    write(text: string) {
      written += text;
    },
  };
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  const screen = openScreen({ stream, live, now: () => time });
  return { screen, written: () => written, pass };
}

test("without a terminal there are plain lines: one when a task begins, one when it ends", () => {
  const { screen, written, pass } = makeScreen(false);
  screen.doing("packages", "npm ci");
  screen.doing("native TensorFlow", "downloading 259 MB");
  pass(1500);
  screen.doing("native TensorFlow", "downloading 100 of 259 MB");
  screen.done("packages", "428 installed");
  pass(1500);
  screen.missing("native TensorFlow", "no pip");
  expect(written()).toBe(
    "  packages: npm ci …\n  native TensorFlow: downloading 259 MB …\n✓ packages: 428 installed (1.5 s)\n! native TensorFlow: no pip (3.0 s)\n",
  );
});

test("on a terminal one line is written over, and what is done stays", () => {
  const { screen, written, pass } = makeScreen(true);
  screen.doing("packages", "npm ci");
  pass(200);
  screen.doing("packages", "npm ci, again");
  screen.done("packages", "428 installed");
  const lines = written().split("\r\u001b[K");
  expect(lines).toEqual(["", "  packages: npm ci, 0.0 s", "  packages: npm ci, again, 0.2 s", "✓ packages: 428 installed (0.2 s)\n"]);
});
