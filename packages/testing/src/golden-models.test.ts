import { expect, test } from "vitest";
import { familyModels, goldenModels } from "./golden-models.ts";
import { rowsOf } from "./token-batches.ts";

test.each([...goldenModels, ...familyModels])("$name's batch holds the texts that PyTorch read", ({ batch, expected }) => {
  const rows = rowsOf(batch.prompts).map((prompt, row) => [...prompt, ...rowsOf(batch.responses)[row]!]);
  const read = expected.inputIds.map((ids, row) => ids.filter((_, column) => expected.attentionMask[row]![column] === 1));
  expect(rows).toEqual(read);
  expect(batch.prompts.shape[1] + batch.responses.shape[1]).toBe(expected.inputIds[0]!.length);
});
