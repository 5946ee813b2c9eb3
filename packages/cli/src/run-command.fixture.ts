import { onTestFinished, vi } from "vitest";
import { createProgram } from "./program.ts";

/** Runs a command in this process, and gives what it writes. */
export async function runCommand(...argv: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  const restore = () => {
    for (const spy of spies) spy.mockRestore();
  };
  onTestFinished(restore);
  try {
    await createProgram().parseAsync(argv, { from: "user" });
  } finally {
    restore();
  }
  return written;
}
