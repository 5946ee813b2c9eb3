import type { PipelineProgress } from "@cai/constitution";
import { formatSeconds } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

/** The line that says which stage of a pipeline runs, how far it is, and how long the whole will take. */
export interface StageLine {
  show(progress: PipelineProgress): void;
  /** A line of its own, above it. */
  say(line: string): void;
  end(): void;
}

/** Where the output is no terminal: a plain line where a stage begins, and for each quarter of it. */
export function stageLine(terminal: Terminal): StageLine {
  let shown = "";
  let quarter = "";
  return {
    show({ stage, number, stages, share, secondsLeft }) {
      const left = secondsLeft === undefined ? "" : `  ${formatSeconds(secondsLeft)} left`;
      const text = `${number}/${stages} ${stage}  ${Math.floor(100 * share)} %${left}`;
      if (terminal.interactive) {
        shown = text.slice(0, terminal.columns - 1);
        terminal.rewrite(shown);
        return;
      }
      const now = `${stage} ${Math.floor(4 * share)}`;
      if (now !== quarter && share < 1) terminal.write(`${text}\n`);
      quarter = now;
    },
    say(line) {
      if (terminal.interactive) terminal.rewrite(`${line}\n${shown}`);
      else terminal.write(`${line}\n`);
    },
    end() {
      if (terminal.interactive) terminal.rewrite("");
    },
  };
}
