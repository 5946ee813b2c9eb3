import { describeBackend } from "./describe-backend.ts";
import { type ProgressBar, progressBar } from "./progress-bar.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

/** Where a command that trains tells how it goes: a bar on standard error; with `json`, lines on standard output, and no bar in a pipe. */
export interface RunDisplay {
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly bar: ProgressBar | undefined;
  /** A line for whoever watches. */
  say(line: string): void;
  /** A line for everybody. */
  notice(line: string): void;
}

/** @param steps of the whole run, or what tells them once it goes. */
export function runDisplay({ json, steps }: { readonly json: boolean; readonly steps: number | (() => number) }): RunDisplay {
  const terminal = terminalOf(process.stderr);
  const bar = json && !terminal.interactive ? undefined : progressBar(terminal, steps);
  return {
    json,
    terminal,
    bar,
    say: (line) => bar?.say(line),
    notice: (line) => (bar ? bar.say(line) : terminal.write(`${line}\n`)),
  };
}

/** Tells what computes. */
export function sayBackend({ say, terminal }: RunDisplay, backend: Parameters<typeof describeBackend>[0]): void {
  say(terminal.dim(describeBackend(backend)));
}
