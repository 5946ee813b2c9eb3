// @ts-check
import { lockedId, neededBy } from "./lock-graph.mjs";

/** @typedef {import("./lock-graph.mjs").LockedPackages} LockedPackages */

/**
 * A bill of materials in CycloneDX, as far as it is looked at.
 *
 * @typedef {object} Bom
 * @property {string} bomFormat
 * @property {string} specVersion
 * @property {string} serialNumber
 * @property {{ component: { "bom-ref": string } }} metadata
 * @property {readonly Component[]} components
 * @property {readonly { ref: string, dependsOn: readonly string[] }[]} dependencies
 *
 * @typedef {object} Component
 * @property {string} bom-ref
 * @property {string} name
 * @property {string} version
 * @property {string} purl
 * @property {readonly { alg: string, content: string }[]} [hashes]
 */

/**
 * Of npm's bill of materials of a whole repository what a release is made of: the published packages and all that they need. npm's own `--omit=dev`
 * leaves out what the repository's root names for its tests too, TensorFlow.js among it; and it calls workspaces by their folders.
 *
 * @param {Bom} bom
 * @param {{ packages: LockedPackages, published: readonly string[] }} options `packages`: of the lock; `published`: paths in it
 * @returns {Bom}
 */
export function releaseBom(bom, { packages, published }) {
  const graph = neededBy(packages, published);
  const id = (/** @type {string} */ path) => lockedId(packages, path);
  /** @type {Map<string, Set<string>>} by id: one component stands for all copies of a package */
  const needs = new Map();
  for (const [path, paths] of graph) needs.set(id(path), new Set([...(needs.get(id(path)) ?? []), ...paths.map(id)]));
  const ours = new Map(published.map((path) => [id(path), packages[path]?.name]));
  const root = bom.metadata.component["bom-ref"];
  const single = new Map(bom.components.map((component) => [component["bom-ref"], component])); // npm 10 has one for each copy
  return {
    ...bom,
    components: [...single.values()]
      .filter((component) => needs.has(component["bom-ref"]))
      .map((component) => ({ ...component, name: ours.get(component["bom-ref"]) ?? component.name })),
    dependencies: [
      { ref: root, dependsOn: published.map(id) },
      ...[...needs].map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn] })),
    ],
  };
}

/**
 * What is wrong with such a bill: it must name each thing that is needed, with the hash that the lock has of it.
 *
 * @param {Bom} bom
 * @param {{ packages: LockedPackages, published: readonly string[] }} options
 * @returns {string[]} a line each
 */
export function faultsOf(bom, { packages, published }) {
  const faults = [];
  if (bom.bomFormat !== "CycloneDX" || !/^1\.[4-9]$/.test(bom.specVersion))
    faults.push(`the format is ${bom.bomFormat} ${bom.specVersion}, not CycloneDX 1.4 or later`);
  if (!/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bom.serialNumber)) faults.push(`serialNumber is ${bom.serialNumber}`);

  const refs = [bom.metadata.component, ...bom.components].map((component) => component["bom-ref"]);
  const known = new Set(refs);
  if (known.size < refs.length) faults.push("a bom-ref stands there twice");
  const named = new Set(bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]));
  faults.push(...[...named].filter((ref) => !known.has(ref)).map((ref) => `${ref} is needed, and is no component`));

  const paths = [...neededBy(packages, published).keys()];
  const hashes = new Map(paths.map((path) => [lockedId(packages, path), packages[path]?.integrity]));
  for (const { name, version, purl, hashes: told = [] } of bom.components) {
    const id = `${name}@${version}`;
    if (purl !== `pkg:npm/${name.replace("@", "%40")}@${version}`) faults.push(`${id} has the address ${purl}`);
    const integrity = hashes.get(id);
    const isTold = told.some(
      ({ alg, content }) => alg === "SHA-512" && `sha512-${Buffer.from(content, "hex").toString("base64")}` === integrity,
    );
    if (integrity !== undefined && !isTold) faults.push(`${id} has not the SHA-512 that the lock has`);
  }
  return faults;
}
