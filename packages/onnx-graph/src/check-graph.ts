import { OnnxGraphError } from "./error.ts";
import type { GraphProto } from "./schema.ts";

/**
 * Refuses a graph whose nodes or outputs name values that nothing made before them. The bodies of nodes see what is around them, and may
 * not make it again.
 *
 * @throws OnnxGraphError `invalid-graph`
 */
export function checkGraph(
  graph: Pick<GraphProto, "node" | "input" | "output"> & { readonly initializer?: readonly { readonly name?: string }[] },
  outer: ReadonlySet<string> = new Set(),
): void {
  const known = new Set(outer);
  const add = (name: string) => {
    if (outer.has(name)) {
      throw new OnnxGraphError(
        "invalid-graph",
        `a node's body makes ${name}, which the graph around it has: give the body a name of its own`,
      );
    }
    known.add(name);
  };
  for (const { name = "" } of [...(graph.input ?? []), ...(graph.initializer ?? [])]) add(name);
  for (const node of graph.node ?? []) {
    for (const input of node.input ?? []) {
      if (input !== "" && !known.has(input)) {
        throw new OnnxGraphError("invalid-graph", `node ${node.name} takes ${input}, which nothing makes before it`);
      }
    }
    for (const attribute of node.attribute ?? []) if (attribute.g !== undefined) checkGraph(attribute.g, known);
    for (const output of node.output ?? []) if (output !== "") add(output);
  }
  if (!graph.output?.length) throw new OnnxGraphError("invalid-graph", "the graph has no output: declare one with output(…)");
  for (const { name = "" } of graph.output) {
    if (!known.has(name)) throw new OnnxGraphError("invalid-graph", `the graph's output ${name} is made by no node`);
  }
}
