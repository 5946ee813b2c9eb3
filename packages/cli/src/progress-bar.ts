import { sparkline } from "./sparkline.ts";
import type { Terminal } from "./terminal.ts";

/** How far a run is. */
interface Progress {
  readonly step: number;
  /** What the step took. */
  readonly seconds: number;
  /** What else is shown, by name; what is not there (NaN) is left out. The first of them has a line of its own course. */
  readonly figures: Readonly<Record<string, number>>;
  readonly tokensPerSecond?: number | undefined;
}

export interface ProgressBar {
  show(progress: Progress): void;
  /** A line of its own, above the bar. */
  say(line: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

const barWidth = 24;
const courseWidth = 12;

/**
 * A bar for the steps of a run, with its figures and the seconds a step. Where the output is no terminal: a plain line for the first step, the
 * last, and every tenth of the run between them.
 *
 * @param steps of the whole run, or what tells them once it goes.
 */
export function progressBar(terminal: Terminal, steps: number | (() => number)): ProgressBar {
  const total = typeof steps === "number" ? () => steps : steps;
  let shown = "";
  let tenth = -1;
  const recent: number[] = [];
  const course: number[] = [];

  const describe = ({ step, seconds, figures, tokensPerSecond = Number.NaN }: Progress): string => {
    recent.push(seconds);
    if (recent.length > 10) recent.shift();
    const pace = recent.reduce((sum, each) => sum + each, 0) / recent.length;
    const totalSteps = total();
    const left = formatSeconds(pace * (totalSteps - step));
    const place = `${String(step).padStart(String(totalSteps).length)}/${totalSteps}`;
    const shown = Object.entries(figures).filter(([, value]) => !Number.isNaN(value));
    if (terminal.interactive && shown.length > 0) course.push(shown[0]![1]);
    const line = course.length > 1 ? ` ${sparkline(course, courseWidth)}` : "";
    const parts = [
      place,
      ...shown.map(([name, value], index) => `${name} ${figureText(value)}${index === 0 ? line : ""}`),
      ...(tokensPerSecond > 0 ? [`${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`] : []),
      `${pace.toFixed(1)} s a step`,
      `${left} left`,
    ];
    return parts.join("  ");
  };

  return {
    show(progress) {
      const text = describe(progress);
      if (!terminal.interactive) {
        const now = Math.floor((progress.step / total()) * 10);
        if (now !== tenth) terminal.write(`${text}\n`);
        tenth = now;
        return;
      }
      const full = Math.round((progress.step / total()) * barWidth);
      const bar = terminal.green("━".repeat(full)) + terminal.dim("─".repeat(barWidth - full));
      shown = text.length + barWidth + 1 < terminal.columns ? `${bar} ${text}` : text.slice(0, terminal.columns - 1);
      terminal.rewrite(shown);
    },
    say(line) {
      if (terminal.interactive) terminal.rewrite(`${line}\n${shown}`);
      else terminal.write(`${line}\n`);
    },
    end() {
      if (shown !== "") terminal.write("\n");
      shown = "";
    },
  };
}

/** Three decimals, none of large numbers, and a power of ten where those would be too long. */
const figureText = (value: number): string => {
  const size = Math.abs(value);
  return size >= 1e7 ? value.toExponential(2) : value.toFixed(size < 100 ? 3 : 0);
};

/** `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
