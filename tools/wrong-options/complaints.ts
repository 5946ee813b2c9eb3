import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * What TypeScript's strict mode says against each piece of code, its first message for each: every line of it, as an editor shows it. Empty where
 * it has nothing to say. The code may import any @cai package.
 */
export function complaints(codes: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const files = new Map(codes.map((code, index) => [join(root, `tools/wrong-options/example-${index}.ts`), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  const program = ts.createProgram([...files.keys()], { ...options, typeRoots: [join(root, "node_modules/@types")] }, host);
  return [...files.keys()].map((file) => {
    const source = program.getSourceFile(file)!;
    const [first] = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return first === undefined ? "" : ts.flattenDiagnosticMessageText(first.messageText, "\n");
  });
}
