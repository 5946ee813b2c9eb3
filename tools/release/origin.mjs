// @ts-check

/**
 * A package's `package.json` as it is published: with the repository that it comes from, without which npm takes no provenance, and by which
 * npm's page resolves the links of its README.
 *
 * @param {{ [field: string]: unknown }} manifest as it is in the repository, which doesn't know where it will be kept
 * @param {{ folder: string, repository: string }} options `folder`: below packages/; `repository`: on GitHub, as owner/name
 */
export function withOrigin(manifest, { folder, repository }) {
  const page = `https://github.com/${repository}`;
  return {
    ...manifest,
    repository: { type: "git", url: `git+${page}.git`, directory: `packages/${folder}` },
    homepage: `${page}/tree/main/packages/${folder}#readme`,
    bugs: `${page}/issues`,
  };
}
