import type { ExpectedNight, ExpectedState } from './expected-night';
import type { VesperClient } from './vesper-client';
import { toListCall } from './wire';

export interface Difference {
  readonly schedulerId: string;
  readonly expected: ExpectedState;
  readonly found: string;
}

/** What the comparison found; with a fault, nothing could be compared. `null`: there was none. */
export type Verification = {
  readonly differences: readonly Difference[];
  readonly fault: string | null;
} | null;

/** The list could not be read. */
class UnreadableListError extends Error {}

/** Compares what Vesper shows with what the plan expects. Schedulers the plan does not know are left alone. */
export async function verifyNight(
  client: VesperClient,
  expected: ExpectedNight,
  signal: AbortSignal,
): Promise<NonNullable<Verification>> {
  try {
    const found = await listStates(client, signal);
    const differences = [...expected.states]
      .map(([schedulerId, state]) => ({
        schedulerId,
        expected: state,
        found: found.get(schedulerId) ?? 'missing',
      }))
      .filter((one) => one.found !== one.expected);
    return { differences, fault: null };
  } catch (error) {
    if (!(error instanceof UnreadableListError)) throw error;
    return { differences: [], fault: error.message };
  }
}

async function listStates(client: VesperClient, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>();
  const seen = new Set<string>();
  for (let call = toListCall(); ;) {
    if (seen.has(call.path)) throw new UnreadableListError(`the list's pages run in a circle: ${call.path}`);
    seen.add(call.path);
    const sent = await client.send(call, signal);
    if (sent.outcome !== 'acknowledged') throw new UnreadableListError(`GET ${call.path}: ${sent.outcome}`);
    for (const { schedulerId, state } of parsePage(sent.reply.body)) states.set(schedulerId, state);
    const next = nextPage(sent.reply.headers.get('link'));
    if (next === null) return states;
    call = toListCall(next);
  }
}

function parsePage(body: string): { schedulerId: string; state: string }[] {
  let page: unknown;
  try {
    page = JSON.parse(body);
  } catch (cause) {
    throw new UnreadableListError('the list of schedulers is not JSON', { cause });
  }
  if (!Array.isArray(page)) throw new UnreadableListError('the list of schedulers is not an array');
  return page.map((item: unknown) => {
    const { scheduler_id: id, status, stale } = (item ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof status !== 'string' || typeof stale !== 'boolean') {
      throw new UnreadableListError(`not a scheduler: ${JSON.stringify(item).slice(0, 200)}`);
    }
    return { schedulerId: id, state: stale ? 'stale' : status };
  });
}

/** Path and query of the page that `Link: <…>; rel="next"` names. */
function nextPage(link: string | null): string | null {
  const next = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  if (next === undefined) return null;
  // the host is ours to choose: behind a proxy the server may name itself by another one
  const url = new URL(next, 'http://vesper');
  return url.pathname + url.search;
}
