import { readFile } from "node:fs/promises";

/** The rows of a file of them. */
export async function readJsonLines<Row = never>(file: string): Promise<Row[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}

/** Rows as such a file holds them. */
export const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
