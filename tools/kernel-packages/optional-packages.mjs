// @ts-check
import { prebuiltPackage } from "../../packages/backend/src/native/prebuilt.mjs";
import { wheels } from "../../packages/backend/src/native/wheels.mjs";

/** The systems that such a package is made for: those whose TensorFlow, for the CPU, comes from a wheel. */
const systems = Object.entries(wheels).flatMap(([system, { gpu }]) => (gpu ? [] : [system.split("-")]));

/**
 * @cai/backend's package.json as it is published: with the packages of compiled files, of its own version, as optional dependencies, of which
 * npm installs the one for its system.
 *
 * @param {{ version: string, [field: string]: unknown }} manifest as it is in the repository
 */
export function withKernelPackages(manifest) {
  const added = systems.map(([platform = "", arch = ""]) => [prebuiltPackage({ platform, arch }), manifest.version]);
  const before = /** @type {Record<string, string> | undefined} */ (manifest.optionalDependencies);
  return { ...manifest, optionalDependencies: { ...before, ...Object.fromEntries(added) } };
}
