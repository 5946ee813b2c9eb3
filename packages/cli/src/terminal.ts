import { visible } from "./visible.ts";

/** Where text goes, and how it may look there. */
export interface Terminal {
  /** False for a file or a pipe: no control codes, nothing is written over. */
  readonly interactive: boolean;
  readonly columns: number;
  /** A text, `visible`. */
  write(text: string): void;
  /** The same in place of the line that stands there, for a terminal that is `interactive`. */
  rewrite(text: string): void;
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
}

/** A process's stream as a terminal; `NO_COLOR` and a dumb terminal get plain text. */
export function terminalOf(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): Terminal {
  const interactive = stream.isTTY === true && environment.TERM !== "dumb";
  const coloured = interactive && !environment.NO_COLOR;
  const style =
    (on: number, off: number) =>
    (text: string): string =>
      coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    interactive,
    columns: Math.max(40, Math.min(stream.columns || 100, 120)),
    write: (text) => void stream.write(visible(text)),
    rewrite: (text) => void stream.write(`\r\u001b[K${visible(text)}`),
    bold: style(1, 22),
    dim: style(2, 22),
    green: style(32, 39),
  };
}
