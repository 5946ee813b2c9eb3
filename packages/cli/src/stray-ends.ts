import { writeSync } from "node:fs";

/** What would end the process in the midst of its work, without a word or with a stack alone. */
export interface StrayEnd {
  /** Without a full stop. */
  readonly what: string;
  readonly cause: unknown;
}

const hearers: ((end: StrayEnd) => void)[] = [];
let isMeant = false;

/** Ends the process; whatever else would end it is told, see `watchStrayEnds`. */
export function endProcess(code: number): never {
  isMeant = true;
  return process.exit(code);
}

/**
 * While work goes on that has something to keep, it hears of a stray end instead of being ended. A process without work left is ended all the same
 * if that does not bring it to its end.
 *
 * @returns ends the hearing.
 */
export function onStrayEnd(heard: (end: StrayEnd) => void): () => void {
  hearers.push(heard);
  return () => {
    hearers.splice(hearers.indexOf(heard), 1);
  };
}

/** From now on an error that nobody catches, a module that calls `process.exit`, and waiting for what never comes are failures, told in a line. */
export function watchStrayEnds(): void {
  const { exit } = process;
  const dry = new WeakSet<object>();
  const end = (stray: StrayEnd): never => {
    write(`error: ${stray.what}${process.argv.includes("--verbose") && stray.cause instanceof Error ? `\n${stray.cause.stack}` : ""}\n`);
    return endProcess(1);
  };
  process.on("uncaughtException", (cause: unknown) => {
    const stray = {
      what: `an error in a timer or a promise that nobody waits for, of a module that was loaded: ${described(cause)}`,
      cause,
    };
    const heard = hearers.at(-1) ?? end;
    heard(stray);
  });
  process.on("beforeExit", () => {
    const stray = {
      what: "what is waited for never comes: a module that was loaded has a promise that nothing is left to settle",
      cause: undefined,
    };
    const heard = hearers.at(-1);
    if (heard === undefined || dry.has(heard)) return end(stray);
    dry.add(heard);
    heard(stray);
    setImmediate(() => {}); // another turn, for what that brings
  });
  process.exit = (code) => {
    if (isMeant) return exit(code);
    const stray = { what: `a module that was loaded called process.exit(${code ?? ""})`, cause: undefined };
    const heard = hearers.at(-1) ?? end;
    heard(stray);
    throw new Error(stray.what);
  };
}

/** What was thrown, which may be anything. */
export function described(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return `${typeof thrown === "string" ? JSON.stringify(thrown) : String(thrown)} was thrown, which is no Error`;
}

function write(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // nobody reads
  }
}
