import type { Terminal } from "./terminal.ts";

/** A terminal that keeps what is written to it, without styles. */
export function recordingTerminal(
  options: { readonly interactive?: boolean; readonly columns?: number } = {},
): Terminal & { text(): string } {
  let written = "";
  const plain = (text: string): string => text;
  return {
    interactive: options.interactive ?? false,
    columns: options.columns ?? 80,
    write: (text) => {
      written += text;
    },
    rewrite: (text) => {
      written += `\r\u001b[K${text}`;
    },
    bold: plain,
    dim: plain,
    green: plain,
    text: () => written,
  };
}
