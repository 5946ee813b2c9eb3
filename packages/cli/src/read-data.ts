import type { ReadOptions, SkippedRows } from "@cai/data";
import { readingInput } from "./exit-codes.ts";
import { printError } from "./visible.ts";

/** Reads the files of a command, and knows what it passed over in them. */
export interface DataReader {
  /** @throws CliError `usage`, naming file and line */
  read<Rows extends { readonly skipped: SkippedRows }>(
    readFile: (file: string, options: ReadOptions) => Promise<Rows>,
    file: string,
  ): Promise<Rows>;
  /** Says on standard error, for each file, how many lines were passed over, and of the first of them why; nothing where there were none. */
  tellSkipped(): void;
}

/** @param how.skipBadLines passes over lines that can't be read, instead of ending at the first. */
export function dataReader({ skipBadLines }: { readonly skipBadLines: boolean }): DataReader {
  const files: { readonly name: string; readonly skipped: SkippedRows }[] = [];
  return {
    async read(readFile, file) {
      const rows = await readingInput(() => readFile(file, { skipBadRows: skipBadLines }));
      files.push({ name: file === "-" ? "standard input" : file, skipped: rows.skipped });
      return rows;
    },
    tellSkipped() {
      for (const { name, skipped } of files) if (skipped.count > 0) printError(describeSkipped(name, skipped));
    },
  };
}

function describeSkipped(name: string, { count, first }: SkippedRows): string {
  const more = count - first.length;
  const lines = [
    `${count} ${count === 1 ? "line" : "lines"} of ${name} passed over:`,
    ...first.map(({ message }) => `  ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
  return `${lines.join("\n")}\n`;
}
