import { format } from "node:util";
import { vi } from "vitest";

/** The lines that a module logs while it is imported for the first time. */
export async function linesOf(load: () => Promise<unknown>): Promise<string[]> {
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(format(...values));
  });
  try {
    await load();
  } finally {
    log.mockRestore();
  }
  return printed;
}
