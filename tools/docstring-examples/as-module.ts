import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { publishedPackages } from "../published.ts";
import { given } from "./given.ts";
import { type Example, packages } from "./read-examples.ts";

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What examples use of Node. */
const ofNode: Readonly<Record<string, string>> = {
  join: "node:path",
  readdir: "node:fs/promises",
  rm: "node:fs/promises",
  open: "node:fs/promises",
};

const exportsOfPackages = new Map(
  publishedPackages
    .filter((name) => readdirSync(join(packages, name, "src")).includes("index.ts"))
    .map((name) => [name, exportedBy(`${name}/src/index.ts`)]),
);

/**
 * An example as a module that can be compiled and run. What it uses without an import comes from its own file, its package, another one or Node;
 * else from `given`. With `checked`, values go through `check` with the comments behind them.
 */
export function asModule({ file, code }: Example, { checked }: { readonly checked: boolean }): string {
  const parsed = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  const lines: string[] = [];
  for (const name of freeNames(parsed)) {
    const module = name === "tf" ? undefined : moduleOf(name, file);
    if (name === "tf") lines.push('import * as tf from "@tensorflow/tfjs-core";');
    else if (module !== undefined) lines.push(`import { ${name} } from ${JSON.stringify(module)};`);
    else if (name in given) lines.push(`const ${name} = await given.${name}();`);
  }
  if (lines.some((line) => line.includes("given."))) lines.unshift(`import { given } from ${JSON.stringify(beside("given.ts"))};`);
  if (checked) lines.unshift(`import { check } from ${JSON.stringify(beside("check.ts"))};`);
  return `${[...lines, checked ? withChecks(parsed) : code].join("\n")}\nexport {};\n`;
}

function moduleOf(name: string, file: string): string | undefined {
  if (exportedBy(file).has(name)) return join(packages, file);
  const own = file.split("/")[0]!;
  if (name in ofNode) return ofNode[name];
  const home = [own, ...exportsOfPackages.keys()].find((one) => exportsOfPackages.get(one)?.has(name));
  return home === own ? join(packages, own, "src/index.ts") : home && `@cai/${home}`;
}

/** The names that a file exports. */
function exportedBy(file: string): ReadonlySet<string> {
  const code = readFileSync(join(packages, file), "utf8");
  const declared = [...code.matchAll(/^export (?:async |abstract )*(?:function|class|const|interface|type) (\w+)/gm)].map(
    (match) => match[1]!,
  );
  const passedOn = [...code.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap((match) => match[1]!.split(","));
  return new Set([...declared, ...passedOn.map((one) => one.trim().split(/\s+/).at(-1)!)]);
}

/** The names that code uses and does not declare. */
function freeNames(parsed: ts.SourceFile): ReadonlySet<string> {
  const declared = new Set<string>();
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isDeclared =
        (ts.isVariableDeclaration(parent) ||
          ts.isParameter(parent) ||
          ts.isBindingElement(parent) ||
          ts.isClassDeclaration(parent) ||
          ts.isImportSpecifier(parent)) &&
        parent.name === node;
      const isMember =
        (ts.isPropertyAccessExpression(parent) ||
          ts.isPropertyAssignment(parent) ||
          ts.isMethodDeclaration(parent) ||
          ts.isPropertyDeclaration(parent)) &&
        parent.name === node;
      const isRenamed = ts.isBindingElement(parent) && parent.propertyName === node;
      if (isDeclared) declared.add(node.text);
      else if (!isMember && !isRenamed) used.add(node.text);
    }
    node.forEachChild(visit);
  };
  visit(parsed);
  return new Set([...used].filter((name) => !declared.has(name)));
}

/** The code with `check(value, comment)` behind each statement whose comment may say what its value is. */
function withChecks(parsed: ts.SourceFile): string {
  return parsed.statements
    .map((statement) => {
      const text = statement.getFullText(parsed);
      const [comment] = ts.getTrailingCommentRanges(parsed.text, statement.end) ?? [];
      if (comment === undefined) return text;
      const said = JSON.stringify(parsed.text.slice(comment.pos + 2, comment.end).trim());
      if (ts.isExpressionStatement(statement) && !/^(await )?console\./.test(statement.expression.getText(parsed)))
        return `\nawait check(async () => ${statement.expression.getText(parsed)}, ${said});`;
      const [declaration, other] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [];
      if (declaration === undefined || other !== undefined) return text;
      const names = ts.isIdentifier(declaration.name)
        ? [declaration.name]
        : declaration.name.elements.map((element) => (ts.isBindingElement(element) ? element.name : element));
      return names.length === 1 ? `${text}\nawait check(async () => ${names[0]!.getText(parsed)}, ${said});` : text;
    })
    .join("");
}
