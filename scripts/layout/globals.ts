/**
 * What differs between runtimes is used in src/runtime and src/cli only.
 *
 * @module
 */
import { ts } from "../deps.ts";
import { isPortable } from "./portable.ts";

const RUNTIME_GLOBALS = new Set(["Deno", "Bun", "process"]);

/** Finds uses of globals that not every runtime has. */
export function checkGlobals(sources: Map<string, string>): string[] {
  const problems = new Set<string>();
  for (const [file, text] of sources) {
    if (!isPortable(file)) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node) => {
      if (ts.isIdentifier(node) && RUNTIME_GLOBALS.has(node.text) && !isOwnMember(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        problems.add(`${file}:${line + 1}: ${node.text}: only src/runtime and src/cli may use it`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...problems];
}

/** `queue.process` is a name of ours; `globalThis.process` is not, and `Deno` is always Deno. */
function isOwnMember(node: ts.Identifier): boolean {
  const { parent } = node;
  if (node.text !== "process") return false;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.name === node && !parent.expression.getText().includes("globalThis");
  }
  return (ts.isClassElement(parent) || ts.isTypeElement(parent) ||
    ts.isObjectLiteralElement(parent)) &&
    parent.name === node &&
    !ts.isShorthandPropertyAssignment(parent);
}
