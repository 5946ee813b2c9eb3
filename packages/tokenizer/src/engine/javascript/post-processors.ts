import { isJsonObject } from "../../configured/parts.ts";
import type { JsonObject } from "../../files.ts";
import { nameOf, unsupported } from "./unsupported.ts";

/**
 * Refuses post-processors that the JavaScript library would take and not honour. It looks tokens up by their text, and has no ids of their own.
 *
 * @param idOf the id of a token, undefined where the vocabulary lacks it
 */
export function refuseUnsupportedPostProcessor(postProcessor: unknown, idOf: (token: string) => number | undefined): void {
  if (postProcessor === null) return;
  if (!isJsonObject(postProcessor)) unsupported("a post-processor that is no object");
  switch (postProcessor.type) {
    case "ByteLevel":
      return;
    case "Sequence":
      for (const part of postProcessor.processors as unknown[]) refuseUnsupportedPostProcessor(part, idOf);
      return;
    case "BertProcessing":
    case "RobertaProcessing":
      for (const [token, id] of [postProcessor.cls, postProcessor.sep] as [string, number][]) {
        if (idOf(token) !== id) unsupported(`${nameOf("post-processor", postProcessor)} with an id for ${token} that is not its own`);
      }
      return;
    case "TemplateProcessing":
      refuseUnsupportedTemplate(postProcessor, idOf);
      return;
    default:
      unsupported(nameOf("post-processor", postProcessor));
  }
}

function refuseUnsupportedTemplate({ single, special_tokens }: JsonObject, idOf: (token: string) => number | undefined): void {
  for (const { SpecialToken: special } of single as JsonObject[]) {
    if (!isJsonObject(special)) continue;
    const token = String(special.id);
    const { ids } = ((special_tokens as JsonObject)[token] ?? {}) as { readonly ids?: readonly number[] };
    if (ids?.length !== 1 || ids[0] !== idOf(token)) {
      unsupported(`a post-processor TemplateProcessing whose ${token} stands for the ids ${ids?.join(", ")}`);
    }
  }
}
