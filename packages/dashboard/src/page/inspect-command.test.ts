import { expect, test } from "vitest";
import { inspectCommand } from "./inspect-command.js";

test("a step of a run that learns from its own responses can be opened again; its path is one word for a shell", () => {
  expect(inspectCommand({ directory: "/home/me/runs/first", algorithm: "ppo" }, 60)).toBe(
    "cai inspect /home/me/runs/first --step 60 --page",
  );
  expect(inspectCommand({ directory: "/it's $HOME", algorithm: "grpo" }, 1)).toBe("cai inspect '/it'\\''s $HOME' --step 1 --page");
});

test("a step of training on data can not", () => {
  for (const algorithm of ["sft", "dpo", undefined]) expect(inspectCommand({ directory: "runs/x", algorithm }, 1)).toBeUndefined();
});
