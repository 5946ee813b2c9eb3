// @ts-check

/**
 * A known fault in a package that the lock has.
 *
 * @typedef {object} Finding
 * @property {string} advisory GitHub's name for it, GHSA-…; the registry's number where it has none
 * @property {string} package
 * @property {string} severity
 * @property {string} title
 * @property {string} url
 * @property {string} range the versions that have it
 * @property {string[]} paths where such versions stand in node_modules
 */

/**
 * A finding that is known here and why it is no fault of ours.
 *
 * @typedef {object} Allowed
 * @property {string} advisory
 * @property {string} package
 * @property {string} reason
 * @property {string} expires the last day on which it is allowed: 2027-03-31
 */

/** npm's answer was no audit, or the list of what is allowed can't be read: nothing is known about the packages. */
export class NoAudit extends Error {}

/**
 * The findings in what `npm audit --json` printed, one for each advisory and package, in the order of their names.
 *
 * @param {string} output
 * @returns {Finding[]}
 * @throws NoAudit where it is no report of version 2
 */
export function readFindings(output) {
  const report = parse(output);
  if (report?.auditReportVersion !== 2) {
    const reason = report?.error?.summary || report?.message || output.trim().split("\n")[0] || "it said nothing";
    throw new NoAudit(`npm gave no audit: ${reason}`);
  }
  /** @type {Map<string, Finding>} */
  const findings = new Map();
  for (const { via, nodes } of Object.values(report.vulnerabilities)) {
    for (const cause of via) {
      if (typeof cause === "string") continue; // by a package that it depends on, which has its own entry
      const { source, name, title, url, severity, range } = cause;
      const advisory = /GHSA(-[0-9a-z]{4}){3}$/.exec(url)?.[0] ?? String(source);
      const key = `${name} ${advisory}`;
      const paths = [...new Set([...(findings.get(key)?.paths ?? []), ...nodes])].sort();
      findings.set(key, { advisory, package: name, severity, title, url, range, paths });
    }
  }
  return [...findings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

/** @param {string} output */
function parse(output) {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

/**
 * The list of what is allowed.
 *
 * @param {string} text JSON
 * @returns {Allowed[]}
 * @throws NoAudit for an entry without a reason, or without a day on which it is looked at again
 */
export function readAllowed(text) {
  const list = parse(text);
  if (!Array.isArray(list)) throw new NoAudit("the list of what is allowed is no JSON list");
  for (const entry of list) {
    const told = ["advisory", "package", "reason"].every((name) => typeof entry?.[name] === "string" && entry[name].trim() !== "");
    const day = typeof entry?.expires === "string" && /^\d{4}-\d\d-\d\d$/.test(entry.expires) && !Number.isNaN(Date.parse(entry.expires));
    if (told && day) continue;
    throw new NoAudit(`${JSON.stringify(entry)}: expected advisory, package, reason, and expires as in 2027-03-31`);
  }
  return list;
}

/**
 * Holds findings against what is allowed.
 *
 * @param {readonly Finding[]} findings
 * @param {readonly Allowed[]} allowed
 * @param {string} today as in 2026-11-28
 * @returns {{ refused: (Finding & { expired?: string })[], known: (Finding & Allowed)[], unused: Allowed[] }}
 *   `refused`: nobody allowed them, or no longer; `unused`: entries of the list that nothing was found for
 */
export function judgeFindings(findings, allowed, today) {
  const entryFor = (/** @type {Finding} */ finding) =>
    allowed.find((entry) => entry.advisory === finding.advisory && entry.package === finding.package);
  /** @type {ReturnType<typeof judgeFindings>} */
  const judged = { refused: [], known: [], unused: [] };
  for (const finding of findings) {
    const entry = entryFor(finding);
    if (entry === undefined) judged.refused.push(finding);
    else if (entry.expires < today) judged.refused.push({ ...finding, expired: entry.expires });
    else judged.known.push({ ...finding, ...entry });
  }
  const used = new Set(findings.map(entryFor));
  judged.unused = allowed.filter((entry) => !used.has(entry));
  return judged;
}
