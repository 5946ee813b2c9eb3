import ts from "typescript";

/** A declaration file of a built package. */
export interface DeclarationFile {
  readonly name: string;
  readonly text: string;
}

/**
 * A package's public surface as one page, from its bundled declarations: no comments, and every list in the order of its names, so that a
 * difference between two of them is a difference of the surface.
 */
export function apiReport(packageName: string, files: readonly DeclarationFile[]): string {
  const sections = files.map(({ name, text }) => `## ${name}\n\n\`\`\`ts\n${surfaceOf(parse(name, text))}\n\`\`\`\n`);
  const head = `# ${packageName}\n\nIts public surface, written by \`npm run api-report\` from what \`npm run build\` made. Not for editing.\n`;
  return [head, ...sections].join("\n");
}

/** The declarations that have `any` somewhere, by name: whoever uses them loses the types of what they touch. */
export function declarationsWithAny({ name, text }: DeclarationFile): string[] {
  const holdsAny = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.AnyKeyword || (ts.forEachChild(node, holdsAny) ?? false);
  return parse(name, text)
    .statements.filter(holdsAny)
    .map((statement) => nameOf(statement));
}

function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

function surfaceOf(file: ts.SourceFile): string {
  const printer = ts.createPrinter({ removeComments: true });
  const texts = file.statements.map((statement) => ({
    rank: ts.isImportDeclaration(statement) ? 0 : ts.isExportDeclaration(statement) ? 2 : 1,
    name: nameOf(statement),
    text: listOf(statement) ?? printer.printNode(ts.EmitHint.Unspecified, statement, file).replaceAll("    ", "  "),
  }));
  // Overloads keep their order, in which TypeScript tries them.
  texts.sort((a, b) => a.rank - b.rank || compare(a.name, b.name));
  return texts.map(({ text }) => text).join("\n");
}

/** What is imported or exported by name, a line each. */
function listOf(statement: ts.Statement): string | undefined {
  const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
  if (clause === undefined || !ts.isNamedExports(clause) || !ts.isExportDeclaration(statement)) return undefined;
  const names = clause.elements
    .map((element) => `  ${element.getText()},`)
    .sort((a, b) => compare(a.replace("type ", ""), b.replace("type ", "")));
  const from = statement.moduleSpecifier ? ` from ${statement.moduleSpecifier.getText()}` : "";
  return `export {\n${names.join("\n")}\n}${from};`;
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText()).join();
  if (ts.isImportDeclaration(statement)) return statement.moduleSpecifier.getText();
  return ts.isDeclarationStatement(statement) ? (statement.name?.getText() ?? "") : statement.getText();
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
