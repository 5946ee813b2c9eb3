import { filteredProbabilities } from "@cai/sampling";
import { floats, type Rows } from "../golden-json.ts";

export function samplingFilter({
  inputs,
  params: { temperature, topK, topP },
}: {
  inputs: { logits: Rows };
  params: { temperature: number; topK: number | null; topP: number | null };
}) {
  const filter = { temperature, ...(topK !== null && { topK }), ...(topP !== null && { topP }) };
  const rows = inputs.logits.map((logits) => filteredProbabilities({ logits: floats(logits), ...filter }));
  return { kept: rows.flatMap(({ kept }) => [...kept]), probs: rows.flatMap(({ probs }) => [...probs]) };
}
