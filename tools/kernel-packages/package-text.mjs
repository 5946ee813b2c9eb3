// @ts-check

/** @typedef {{ name: string, version: string, levels: readonly string[], tfjsNode: string, repository?: string }} KernelPackage `repository`: on GitHub, as owner/name */

/** `package.json` of a package of compiled files. @param {KernelPackage} options */
export function packageText({ name, version, repository }) {
  const [, system, processor] = /-([^-]+)-([^-]+)$/.exec(name) ?? [];
  const fields = {
    name,
    version,
    description: `@cai's kernels for native TensorFlow and tfjs-node's binding, compiled for ${system} ${processor}.`,
    license: "MIT AND Apache-2.0",
    // npm takes a provenance only of a package that names the repository that it comes from.
    ...(repository && { repository: { type: "git", url: `git+https://github.com/${repository}.git` } }),
    os: [system],
    cpu: [processor],
    libc: ["glibc"],
    exports: { "./manifest.json": "./manifest.json", "./package.json": "./package.json" },
    preferUnplugged: true,
    files: ["*.node", "manifest.json", "LICENSE-tfjs-node"],
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** @param {KernelPackage} options */
export function readmeText({ name, levels, tfjsNode }) {
  return `# ${name}

What \`npx @cai/cli backend install\` would compile, compiled: the kernels of
[@cai/backend](https://www.npmjs.com/package/@cai/backend) at the levels ${levels.join(", ")}, and the binding of
\`@tensorflow/tfjs-node\` ${tfjsNode} (Apache-2.0, \`LICENSE-tfjs-node\`). With it beside \`@cai/backend\` of the same version no C++ compiler is
needed. npm brings it with that package on this system, unless optional dependencies are left out (\`--omit=optional\`):

\`\`\`sh
npm install @cai/backend
npx @cai/cli backend install
\`\`\`

\`manifest.json\` has each file's SHA-256 under a name that says of which sources it was made. One of other sources is left alone and one that is
damaged is told, and both are compiled instead, as everything is where the variable \`CXX\` names a compiler.
`;
}
