import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { inFace, type Face } from '../../src/platform/http/envelopes';

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

/**
 * Codes in error classes, in the errors that are made of them elsewhere, and in the tables of HTTP faults.
 * @param room the part of the code in which they stand, by the path of its files
 */
function thrownCodes(room: RegExp): Set<string> {
  const classes = errorClasses();
  const codes = [...classes.values()]
    .filter((node) => room.test(node.getSourceFile().fileName))
    .flatMap((node) => node.members.filter(ts.isConstructorDeclaration).flatMap(literalCodes));
  for (const source of sources.filter(({ fileName }) => room.test(fileName))) {
    visit(source, (node) => {
      const made = ts.isNewExpression(node) && classes.has(node.expression.getText());
      const table = ts.isVariableDeclaration(node) && CODE_TABLES.includes(node.name.getText());
      if (made) codes.push(...(node.arguments ?? []).filter(ts.isStringLiteral).flatMap(literalCodes));
      if (table && node.initializer !== undefined) codes.push(...literalCodes(node.initializer));
    });
  }
  return new Set(codes);
}

/** What a face says of them. */
function inTheWordsOf(face: Face, codes: Iterable<string>): string[] {
  const facts = { status: 0, error: '', message: '', details: {}, retryAfterSeconds: null };
  return [...new Set([...codes].map((code) => inFace(face, { ...facts, code }).code))].sort();
}

/** Codes in the table below a heading of docs/errors.md. */
function documentedCodes(heading: string): string[] {
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.matchAll(/^\| `([A-Z0-9_]+)` \| \d{3} \| .+ \| .+ \|$/gm);
  return [...rows].map(([, code = '']) => code).sort();
}

const BOARD = /^(domain|features)\/board\//;
const NOT_BOARD = /^(?!(domain|features)\/board\/)/;
/** What a route of the board can meet besides its own errors. */
const FLOOR = /^(platform|domain\/shared)\//;
/** Requests that fit no route, or never become one: they are answered in general. */
const WITHOUT_A_ROUTE = ['ROUTE_NOT_FOUND', 'REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE'];

it('finds the codes', () => {
  expect([...thrownCodes(NOT_BOARD)]).toEqual(
    expect.arrayContaining(['INVALID_INPUT', 'SCHEDULER_NOT_FOUND', 'STATE_ERROR', 'MALFORMED_JSON']),
  );
  expect([...thrownCodes(BOARD)]).toEqual(expect.arrayContaining(['INVALID_APP', 'SLACK_ERROR']));
});

it('docs/errors.md explains every code of the general face once, and no other', () => {
  expect(documentedCodes('Codes')).toEqual(inTheWordsOf('general', thrownCodes(NOT_BOARD)));
});

it('docs/errors.md explains every code of the board once, and no other', () => {
  const floor = [...thrownCodes(FLOOR)].filter((code) => !WITHOUT_A_ROUTE.includes(code));
  expect(documentedCodes('Codes of the EPM board')).toEqual(
    inTheWordsOf('board', [...thrownCodes(BOARD), ...floor]),
  );
});
