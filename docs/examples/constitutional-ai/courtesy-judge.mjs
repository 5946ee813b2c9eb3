// A judge of courtesy: minus the log-odds that tox-block 0.1.2 (MIT, Pascal Bliem) gives to a response being toxic. Above 0 it is rather
// not toxic, and a difference of 1 multiplies the odds by e. The network, an LSTM over words, learnt from Wikipedia's comments as people
// labelled them for Jigsaw; nothing of this repository took part.
//
// It reads the response only, and of that the last 100 words it knows, whatever their case; a response without any gets what no words get.
// It knows rudeness by its words: contempt in plain words passes now and then, and a friendly answer that quotes an insult may not. Of twenty
// written pairs with rude words it ranks all right, by 4 at least; of ten with cold ones 8, wrong by at most 2 (tools/judges/tox-block.slow.ts).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "@cai/backend/native";
import { InferenceSession, Tensor } from "onnxruntime-node";

const folder = join(cacheDirectory(), "tox-block-0.1.2-onnx");
const batchSize = 64;
// Said when the module is loaded, which is before a run's first stage.
if (!existsSync(folder)) throw new Error(`the judge's network is not in ${folder}: run node tools/get-tox-block.mjs once`);

/** @type {ReturnType<typeof load> | undefined} */
let loaded;

/**
 * A number for each response; the higher, the more courteous.
 *
 * @param {{ responses: readonly string[] }} request
 */
export default async function courtesy({ responses }) {
  const logits = await toxicityLogits(responses);
  return logits.map(([toxic]) => -toxic);
}

/**
 * The log-odds of toxic, severe_toxic, obscene, threat, insult and identity_hate, of each text.
 *
 * @param {readonly string[]} texts
 * @returns {Promise<number[][]>}
 */
export async function toxicityLogits(texts) {
  loaded ??= load();
  const { session, length, classes, toIds } = await loaded;
  const rows = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    const ids = texts.slice(start, start + batchSize).map(toIds);
    const { logits } = await session.run({ input_ids: new Tensor("int64", BigInt64Array.from(ids.flat()), [ids.length, length]) });
    const flat = Array.from(/** @type {Float32Array} */ (logits.data));
    for (let at = 0; at < flat.length; at += classes.length) rows.push(flat.slice(at, at + classes.length));
  }
  return rows;
}

async function load() {
  /** @type {{ classes: string[], separators: string, length: number, words: string[] }} */
  const { classes, separators, length, words } = JSON.parse(readFileSync(join(folder, "words.json"), "utf8"));
  const idOf = new Map(words.map((word, index) => [word, BigInt(index + 1)]));
  const parting = new Set([" ", ...separators]);
  /** @param {string} text */
  const toIds = (text) => {
    const parted = Array.from(text, (sign) => (parting.has(sign) ? " " : sign)).join("");
    const ids = parted
      .toLowerCase()
      .split(" ")
      .flatMap((word) => idOf.get(word) ?? []);
    const last = ids.slice(-length);
    return [...Array(length - last.length).fill(0n), ...last];
  };
  // One thread: the network is small, and what it computes must not depend on the machine's cores.
  const session = await InferenceSession.create(join(folder, "model.onnx"), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return { session, classes, length, toIds };
}
