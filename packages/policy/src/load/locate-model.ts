import { exists, resolve } from "@cai/whole-file/system";

/** Finds the folder of a model by its id on the hub, `owner/name` or `owner/name@revision`, as `resolveModel` of `@cai/hub` does. */
export type ResolveModel = (id: string) => Promise<string>;

/** Where a model is, and what finds it again, wherever its files lie then. */
export interface LocatedModel {
  /** An absolute path, or `random:…`. */
  readonly place: string;
  /** The same, or a model's id on the hub. */
  readonly name: string;
}

/** A source that is no path here is an id on the hub, where there is a `resolveModel` to find its folder. Throws what that throws. */
export async function locateModel(source: string, resolveModel: ResolveModel | undefined): Promise<LocatedModel> {
  if (source.startsWith("random:")) return { place: source, name: source };
  if (resolveModel !== undefined && !(await exists(source))) return { place: resolve(await resolveModel(source)), name: source };
  return { place: resolve(source), name: resolve(source) };
}
