import { readFile } from "node:fs/promises";

/** The rows of a file that a stage wrote. */
export async function readJsonLines<Row = never>(file: string): Promise<Row[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}
