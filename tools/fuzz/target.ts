import type { Inputs } from "./inputs.ts";

/** What reads inputs of strangers. */
export interface FuzzTarget {
  /** Also its folder in the corpus. */
  readonly name: string;
  readonly inputs: Inputs;
  /** Of all inputs, beside the other targets' shares: those that are quick get more. */
  readonly share: number;
  /** Classes of what it may throw. */
  readonly errors: readonly { isInstance(error: unknown): boolean }[];
  /** Reads one, and uses what it has read a little. */
  readonly read: (input: Uint8Array) => unknown;
}

/** No input may take longer, in milliseconds; of processor time, as others may hold the machine. */
const longest = 1000;
/** Of time as it passes: something that sleeps has no business in a reader. */
const longestAsleep = 20_000;

/**
 * Reads an input: it is read, or refused by an error of the target's own, in time, and no object has got a new property by it.
 *
 * Throws an error that says what else happened.
 */
export async function readOne({ name, errors, read }: FuzzTarget, input: Uint8Array): Promise<"read" | "refused"> {
  const began = { cpu: process.cpuUsage(), time: performance.now() };
  let outcome: "read" | "refused" = "read";
  try {
    await read(input);
  } catch (error) {
    outcome = "refused";
    if (!errors.some((type) => type.isInstance(error)))
      throw new Error(`${name}: not refused on purpose: ${(error as Error | undefined)?.stack ?? String(error)}`, { cause: error });
  }
  const { user, system } = process.cpuUsage(began.cpu);
  const [cpu, time] = [(user + system) / 1000, performance.now() - began.time];
  if ((time > longest && cpu > longest) || time > longestAsleep) throw new Error(`${name}: took ${Math.round(time)} ms`);
  const polluted = Object.keys(Object.prototype);
  if (polluted.length > 0) throw new Error(`${name}: gave every object ${polluted.join(", ")}`);
  return outcome;
}
