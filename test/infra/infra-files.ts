import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const INFRA = join(__dirname, '../../infra');
const RUNBOOK = join(__dirname, '../../docs/RUNBOOK.md');

/** A file of infra/, by its path there. */
export const readInfra = (path: string): string => readFileSync(join(INFRA, path), 'utf8');

/** Manifests and configurations: what others than Vesper and CDK read. */
export function manifests(): readonly { readonly path: string; readonly text: string }[] {
  return ['grafana', 'kubernetes', 'nginx', 'prometheus', 'systemd']
    .flatMap((folder) => readdirSync(join(INFRA, folder)).map((name) => `${folder}/${name}`))
    .map((path) => ({ path, text: readInfra(path) }));
}

/** Lines `NAME=value`, as an environment file and a systemd unit have them. */
export function assignments(text: string): Record<string, string> {
  const lines = text.matchAll(/^(?:Environment=)?([A-Z][A-Z0-9_]*)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
}

/** Anchors of the headings of the runbook. */
export function runbookAnchors(): ReadonlySet<string> {
  const headings = [...readFileSync(RUNBOOK, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
