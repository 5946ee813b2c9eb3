// @ts-check

/**
 * A bill of materials in CycloneDX, as far as it is looked at.
 *
 * @typedef {object} Bom
 * @property {string} bomFormat
 * @property {string} specVersion
 * @property {string} serialNumber
 * @property {{ component: { "bom-ref": string } }} metadata
 * @property {readonly Component[]} components
 * @property {readonly { ref: string, dependsOn?: readonly string[] }[]} dependencies
 *
 * @typedef {object} Component
 * @property {string} bom-ref
 * @property {string} name
 * @property {string} version
 * @property {string} purl
 * @property {readonly { alg: string, content: string }[]} [hashes]
 */

/**
 * What is wrong with the bill of materials of a release: it must name every published package, everything that they need with its hash, and nothing
 * that only this repository's own work needs.
 *
 * @param {Bom} bom
 * @param {{ published: readonly string[], unpublished: ReadonlySet<string>, unhashed: ReadonlySet<string> }} options
 *   `published`: names of packages; `unpublished`: name@version of what the lock has for development alone; `unhashed`: of what it has without a hash
 * @returns {string[]} a line each
 */
export function faultsOf(bom, { published, unpublished, unhashed }) {
  const faults = [];
  if (bom.bomFormat !== "CycloneDX" || !/^1\.[4-9]$/.test(bom.specVersion))
    faults.push(`the format is ${bom.bomFormat} ${bom.specVersion}, not CycloneDX 1.4 or later`);
  if (!/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bom.serialNumber)) faults.push(`serialNumber is ${bom.serialNumber}`);

  const refs = [bom.metadata.component, ...bom.components].map((component) => component["bom-ref"]);
  const known = new Set(refs);
  if (known.size < refs.length) faults.push("a bom-ref stands there twice");
  const named = bom.dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
  faults.push(...[...new Set(named)].filter((ref) => !known.has(ref)).map((ref) => `${ref} is depended on, and is no component`));

  const names = new Set(bom.components.map(({ name }) => name));
  faults.push(...published.filter((name) => !names.has(name)).map((name) => `${name} is published, and is no component`));
  for (const { name, version, purl, hashes = [] } of bom.components) {
    const id = `${name}@${version}`;
    if (purl !== `pkg:npm/${name.replace("@", "%40")}@${version}`) faults.push(`${id} has the address ${purl}`);
    if (unpublished.has(id)) faults.push(`${id} is for development alone`);
    const isOurs = name.startsWith("@cai/");
    const isHashed = hashes.some(({ alg, content }) => alg === "SHA-512" && /^[0-9a-f]{128}$/.test(content));
    if (!isOurs && !isHashed && !unhashed.has(id)) faults.push(`${id} has no SHA-512`);
  }
  return faults;
}
