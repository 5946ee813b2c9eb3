import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** When a reward module fills the disk, and how much of it stays free. */
export interface Filling {
  /** On the disk. */
  readonly ballast: string;
  /** At the scoring of so many batches. */
  readonly call: number;
  readonly leave: number;
}

/**
 * Writes a reward module that fills a disk in the midst of a run where `CAI_TEST_FILLING` tells a `Filling`.
 *
 * @returns its path
 */
export async function writeFillingReward(folder: string): Promise<string> {
  const path = join(folder, "filling-reward.mjs");
  await writeFile(path, source);
  return path;
}

const source = `
import { statfsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const filling = process.env.CAI_TEST_FILLING && JSON.parse(process.env.CAI_TEST_FILLING);
let calls = 0;

export default ({ responses }) => {
  calls += 1;
  if (filling && calls === filling.call) {
    const { bavail, bsize } = statfsSync(dirname(filling.ballast));
    writeFileSync(filling.ballast, Buffer.alloc(bavail * bsize - filling.leave));
  }
  return responses.map((text) => text.length / 10);
};
`;
