import { type RowForm, readRows } from "@cai/data";
import { rowColumns, scoreResponsesApart } from "@cai/rollouts";
import { CliError } from "./error.ts";
import { dataReader } from "./read-data.ts";
import { resolveReward } from "./resolve-reward.ts";
import type { RewardFlags } from "./reward-flags.ts";
import { signed } from "./samples-table.ts";
import { print } from "./visible.ts";
import { printable } from "./wrap-text.ts";

const rowsAtOnce = 64;

/** The flags of `cai score`. */
export interface ScoreFlags extends RewardFlags {
  readonly reward: string;
  readonly input: string;
  readonly json?: boolean;
  readonly skipBadLines?: boolean;
}

interface AnswerRow {
  readonly prompt: string;
  readonly response: string;
  /** The row's others, for rewards that look at them. */
  readonly columns: Readonly<Record<string, unknown>>;
}

const answerForm: RowForm<AnswerRow> = {
  columns: "all",
  ofColumns(row) {
    const [prompt, response] = [row.value("prompt"), row.value("response")];
    if (typeof prompt === "string" && typeof response === "string")
      return { prompt, response, columns: row.others(["prompt", "response"]) };
    return row.refuse(': expected {"prompt": …, "response": …}, both text');
  },
};

/** Prints a score for each line of a file of prompts and responses, in their order. */
export async function scoreFile({ reward, input, json = false, skipBadLines = false, ...flags }: ScoreFlags): Promise<void> {
  if (flags.rewardInput === "ids") throw new CliError("usage", "--reward-input ids is for cai train: a file of texts has no token ids");
  const reader = dataReader({ skipBadLines });
  const { rows } = await reader.read((file, options) => readRows(file, answerForm, options), input);
  const model = await resolveReward(reward, flags);
  const none = new Int32Array(0); // token ids are a policy's, and there is none
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const batch = rows.slice(first, first + rowsAtOnce).map(({ row }) => row);
    const request = {
      prompts: batch.map(({ prompt }) => prompt),
      responses: batch.map(({ response }) => response),
      promptIds: batch.map(() => none),
      responseIds: batch.map(() => none),
      ...rowColumns(batch),
    };
    const { scores, parts } = await scoreResponsesApart(model, request);
    batch.forEach(({ prompt, response }, row) => {
      const score = scores[row]!;
      const named = Object.entries(parts).map(([name, values]) => [name, values[row]!] as const);
      const apart = named.length > 0 && { parts: Object.fromEntries(named) };
      const told = named.map(([name, value]) => `${name} ${signed(value)}`).join(", ");
      const text = `${signed(score)}  ${told === "" ? "" : `(${told})  `}${printable(`${prompt}${response}`)}`;
      print(`${json ? JSON.stringify({ score, prompt, response, ...apart }) : text}\n`);
    });
  }
  await model.dispose?.();
  reader.tellSkipped();
}
