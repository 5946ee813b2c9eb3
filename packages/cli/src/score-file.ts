import { CliError } from "./error.ts";
import { parseObject, readInputLines } from "./read-lines.ts";
import { resolveReward } from "./resolve-reward.ts";
import type { RewardFlags } from "./reward-flags.ts";
import { signed } from "./samples-table.ts";
import { printable } from "./wrap-text.ts";

const rowsAtOnce = 64;

/** The flags of `cai score`. */
export interface ScoreFlags extends RewardFlags {
  readonly reward: string;
  readonly input: string;
  readonly json?: boolean;
}

/** Prints a score for each line of a file of prompts and responses, in their order. */
export async function scoreFile({ reward, input, json = false, ...flags }: ScoreFlags): Promise<void> {
  if (flags.rewardInput === "ids") throw new CliError("usage", "--reward-input ids is for cai train: a file of texts has no token ids");
  const rows = (await readInputLines(input)).map((line) => {
    const { prompt, response } = parseObject(line);
    if (typeof prompt === "string" && typeof response === "string") return { prompt, response };
    throw new CliError("usage", `${line.where}: expected {"prompt": …, "response": …}, both text`);
  });
  const model = await resolveReward(reward, flags);
  const none = new Int32Array(0); // token ids are a policy's, and there is none
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const batch = rows.slice(first, first + rowsAtOnce);
    const scores = await model.score({
      prompts: batch.map(({ prompt }) => prompt),
      responses: batch.map(({ response }) => response),
      promptIds: batch.map(() => none),
      responseIds: batch.map(() => none),
    });
    batch.forEach(({ prompt, response }, row) => {
      const score = scores[row]!;
      const line = json ? JSON.stringify({ score, prompt, response }) : `${signed(score)}  ${printable(`${prompt}${response}`)}`;
      process.stdout.write(`${line}\n`);
    });
  }
  await model.dispose?.();
}
