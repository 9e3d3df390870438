import type { Json } from './api';

/** Two channels, the first with an own canvas; an app with several domains, one with just one, and one with a default. */
export const APPS_FILE = JSON.stringify({
  apps: {
    Planning: { display_name: 'Planning', domains: ['Actual', 'Budget'], channels: ['C0000000001'] },
    FCCS: { display_name: 'FCCS', domains: ['Consolidation'], channels: ['C0000000001'] },
    Tax: { display_name: 'Tax', domains: ['Provision', 'default'], channels: ['C0000000002'] },
  },
  channels: { C0000000001: { name: 'epm-main' }, C0000000002: { name: 'tax' } },
});

/** The apps of {@link APPS_FILE}, shown nowhere. */
export const APPS_WITHOUT_CHANNELS = JSON.stringify({
  apps: {
    Planning: { domains: ['Actual', 'Budget'] },
    FCCS: { domains: ['Consolidation'] },
    Tax: { domains: ['Provision', 'default'] },
  },
});

/** The smallest good body of an update. */
export function cellUpdate(more: object = {}): Json {
  return { app: 'Planning', domain: 'Actual', status: 'OK', ...more };
}

/** A cell that never had an update. */
export const BLANK_CELL: Json = {
  status: 'Blank',
  job_id: null,
  message: null,
  updated: null,
  duration_sec: null,
  stale: false,
};
