/**
 * Type declarations of the npm package.
 *
 * @module
 */
import { generateDtsBundle, ts } from "../deps.ts";
import { ROOT } from "../paths.ts";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
  types: [],
  strict: true,
};

/**
 * Writes one file of declarations for each module, with all that the module's types need and none
 * of the rest. `deno check` has checked the types: TypeScript alone finds no `npm:` specifier.
 *
 * @param modules the file to write, by the module, relative to the root
 */
export async function writeDeclarations(modules: Record<string, string>): Promise<void> {
  const entries = Object.keys(modules);
  const directory = await Deno.makeTempDir({ prefix: "s3cache-types-" });
  try {
    emitTree(entries, directory);
    const bundled = await bundleTree(entries.map((entry) => asDeclaration(entry)), directory);
    for (const [index, path] of Object.values(modules).entries()) {
      const declarations = bundled[index]!;
      const foreign = /^import .*|^export .* from .*/m.exec(declarations);
      if (foreign) throw new Error(`${entries[index]}: public types need ${foreign[0]}`);
      await Deno.writeTextFile(path, declarations);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function emitTree(entries: string[], directory: string): void {
  const program = ts.createProgram(entries.map((entry) => `${ROOT}/${entry}`), {
    ...OPTIONS,
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true,
    rewriteRelativeImportExtensions: true,
    rootDir: ROOT,
    outDir: directory,
  });
  const [problem] = program.emit().diagnostics;
  if (problem) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
}

async function bundleTree(files: string[], directory: string): Promise<string[]> {
  const config = `${directory}/tsconfig.json`;
  const compilerOptions = {
    target: "esnext",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    types: [],
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  };
  await Deno.writeTextFile(config, JSON.stringify({ compilerOptions, files }));
  return generateDtsBundle(
    files.map((file) => ({
      filePath: `${directory}/${file}`,
      output: { noBanner: true, exportReferencedTypes: false },
    })),
    { preferredConfigPath: config },
  );
}

function asDeclaration(module: string): string {
  return module.replace(/\.ts$/, ".d.ts");
}
