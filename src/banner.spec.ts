import { banner } from './banner';
import { loadConfig } from './platform/config/load-config';

function boardLine(file: object | null): string | undefined {
  const readFile = (path: string) =>
    file !== null && path === 'config/apps.json' ? JSON.stringify(file) : null;
  const config = loadConfig({ environment: {}, readFile, workerNames: [] });
  const lines = banner(config, 3000, null, new Date('2026-02-16T12:00:00.000Z')).split('\n');
  return lines.find((line) => line.includes('Board'))?.trim();
}

const APP = { domains: ['Actual'] };
const AUTH = { type: 'basic', username: 'pulse', password: 'p' };

it('says that the board is off, and why', () => {
  expect(boardLine(null)).toMatch(/^Board +off \(no config\/apps\.json\)$/);
});

it('counts apps, canvases that show one, and servers that are polled', () => {
  const file = {
    epm: {
      auth: AUTH,
      servers: {
        arcs: { base_url: 'https://arcs', family: 'arcs' },
        edm: { base_url: 'https://edm', family: 'edm' },
        unused: { base_url: 'https://unused', family: 'edm' },
      },
    },
    pull_mode: { enabled: true },
    apps: {
      A: { ...APP, server: 'arcs', channels: ['C100', 'C101'] },
      B: { ...APP, server: 'edm', channels: ['C101'] },
      C: APP,
    },
    channels: { C100: {}, C101: {}, C102: {} },
  };
  expect(boardLine(file)).toMatch(/^Board +3 apps on 2 canvases; EPM polling on \(2 servers\)$/);
  expect(boardLine({ ...file, pull_mode: { enabled: false } })).toMatch(/; EPM polling off$/);
});

it('counts one as one', () => {
  const file = { apps: { A: { ...APP, channels: ['C100'] } }, channels: { C100: {} } };
  expect(boardLine(file)).toMatch(/^Board +1 app on 1 canvas; EPM polling off$/);
});
