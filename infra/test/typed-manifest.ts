import { join } from 'node:path';
import ts from 'typescript';
import type { Json } from './stack';

const INFRA = join(__dirname, '../../..');
/** A file that is not there: TypeScript is handed its text. */
const FILE = join(INFRA, 'manifests.ts');
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: [],
  lib: ['lib.es2023.d.ts'],
};

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: Json;
}

/**
 * What is wrong with manifests by the types that are made from Kubernetes' own API description: a field that it does not know, one that
 * is missing, one of another type. An object literal may have no field too many, at any depth, so a slip in a name is found.
 */
export function faultsOf(manifests: readonly Manifest[]): string[] {
  const text = manifests
    .map((manifest, index) => {
      const type = `import('kubernetes-types/${moduleOf(manifest.apiVersion)}').${manifest.kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
    })
    .join('\n');
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.readFile = (path) => (path === FILE ? text : readFile(path));
  host.getSourceFile = (path, version, ...rest) =>
    path === FILE ? ts.createSourceFile(path, text, version) : getSourceFile(path, version, ...rest);
  const program = ts.createProgram([FILE], OPTIONS, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function moduleOf(apiVersion: string): string {
  return apiVersion === 'v1' ? 'core/v1' : apiVersion.replace('.k8s.io', '');
}
