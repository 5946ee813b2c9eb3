import { join } from "node:path";
import { temporaryFolder } from "@cai/testing";
import type { PreferencePair } from "./preference-pair.ts";

/** In the better answers there are a and e; in the others o and u. */
export const tinyPairs: readonly PreferencePair[] = [
  { prompt: "Hello", chosen: " a bear came", rejected: " our fox you know" },
  { prompt: "The cat", chosen: " ate a hare", rejected: " would" },
  { prompt: "It is", chosen: " late", rejected: " you, too, who would show us out" },
  { prompt: "We", chosen: " ran ahead", rejected: " found out", probability: 0.8 },
  { prompt: "Once", chosen: " a man came here", rejected: " four of you", margin: 0.5 },
  { chosen: "They are here", rejected: "They found out" },
  { prompt: "I", chosen: " read all day", rejected: " took you down to town" },
];

export const heldOutPairs: readonly PreferencePair[] = [
  { prompt: "Then", chosen: " we bake a cake", rejected: " you look out" },
  { prompt: "Now", chosen: " tea", rejected: " cool soup for you", probability: 0.9 },
  { prompt: "She", chosen: " walks away", rejected: " shouts too loud" },
];

/** A folder for a run, which goes with the test; it does not exist yet. */
export async function freshRunFolder(): Promise<string> {
  return join(await temporaryFolder(), "run");
}
