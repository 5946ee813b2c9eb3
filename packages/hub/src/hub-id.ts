import { isAbsolute, resolve } from "node:path";
import { HubError } from "./error.ts";

/** A model of the hub at a branch, a tag or a commit. */
export interface HubId {
  /** `owner/name`, or `name` alone for the oldest models. */
  readonly name: string;
  readonly revision: string;
}

const word = "[A-Za-z0-9][A-Za-z0-9_.-]*";
const idPattern = new RegExp(`^(?<name>${word}(?:/${word})?)(?:@(?<revision>${word}(?:/${word})*))?$`);

/**
 * Reads what is no existing path as `owner/name`, `name` or either with `@revision`. What can only be meant as a path is refused.
 *
 * @throws HubError `missing-path`, `bad-source`
 */
export function parseHubId(source: string, revision = "main"): HubId {
  if (/^[.~]|\\|\/$|^.*\.(gguf|safetensors|json|onnx)$/.test(source) || isAbsolute(source))
    throw new HubError("missing-path", `${source} does not exist (${resolve(source)}): give a folder with a model, or a hub id owner/name`);
  const { name, revision: named = revision } = idPattern.exec(source)?.groups ?? {};
  if (name === undefined || !idPattern.test(`${name}@${named}`) || `${name}/${named}`.includes(".."))
    throw new HubError(
      "bad-source",
      `${JSON.stringify(source)} is no folder here (${resolve(source)}), and no hub id either: those are owner/name or owner/name@revision`,
    );
  return { name, revision: named };
}

/** The beginning of every error about an id, for it may have been meant as a path. */
export function bothReadings({ name }: HubId): string {
  return `${name} does not exist here (${resolve(name)}), and as a model of the hub it`;
}
