import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
/** Tables of error codes that stand outside error classes. */
const CODE_TABLES = ['UNREADABLE', 'HTTP_FAULTS', 'FASTIFY_FAULTS', 'INTERNAL'];

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  });

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function literalCodes(node: ts.Node): string[] {
  const found: string[] = [];
  visit(node, (inner) => {
    if (ts.isStringLiteral(inner) && CODE.test(inner.text)) found.push(inner.text);
  });
  return found;
}

/** Names of all classes that descend from VesperError, however far. */
function errorClasses(): Map<string, ts.ClassDeclaration> {
  const classes = new Map<string, { parent: string; node: ts.ClassDeclaration }>();
  for (const source of sources) {
    visit(source, (node) => {
      if (!ts.isClassDeclaration(node) || node.name === undefined) return;
      const parent = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
      classes.set(node.name.text, { parent: parent?.types[0]?.expression.getText() ?? '', node });
    });
  }
  const descends = (name: string): boolean =>
    name === 'VesperError' || (classes.has(name) && descends(classes.get(name)?.parent ?? ''));
  return new Map([...classes].filter(([name]) => descends(name)).map(([name, { node }]) => [name, node]));
}

/** Codes in error classes, in the errors that are made of them elsewhere, and in the tables of HTTP faults. */
function thrownCodes(): Set<string> {
  const classes = errorClasses();
  const codes = [...classes.values()].flatMap((node) =>
    node.members.filter(ts.isConstructorDeclaration).flatMap(literalCodes),
  );
  for (const source of sources) {
    visit(source, (node) => {
      const made = ts.isNewExpression(node) && classes.has(node.expression.getText());
      const table = ts.isVariableDeclaration(node) && CODE_TABLES.includes(node.name.getText());
      if (made) codes.push(...(node.arguments ?? []).filter(ts.isStringLiteral).flatMap(literalCodes));
      if (table && node.initializer !== undefined) codes.push(...literalCodes(node.initializer));
    });
  }
  return new Set(codes);
}

function documentedCodes(): string[] {
  const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(
    /^\| `([A-Z0-9_]+)` \| \d{3} \| .+ \| .+ \|$/gm,
  );
  return [...rows].map(([, code = '']) => code);
}

it('finds the codes', () => {
  const codes = [...thrownCodes()];
  expect(codes).toEqual(
    expect.arrayContaining(['INVALID_INPUT', 'SCHEDULER_NOT_FOUND', 'STATE_ERROR', 'MALFORMED_JSON']),
  );
});

it('docs/errors.md explains every code once, and no other', () => {
  const documented = documentedCodes();
  expect([...documented].sort()).toEqual([...thrownCodes()].sort());
});
