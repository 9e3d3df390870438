import type { FakeEpm } from '../../fake-epm';
import { FAMILIES, Family, JobScript } from '../jobs/job-script';
import { readFault } from './read-fault';

export type Fields = Readonly<Record<string, unknown>>;

/** What is asked for; `names` are the parts of the path in the order of the pattern. */
interface Asked {
  readonly epm: FakeEpm;
  readonly names: readonly string[];
  readonly fields: Fields;
}

interface Act {
  readonly verb: 'POST' | 'DELETE';
  readonly path: RegExp;
  /** Answers what stands beside `ok`; throws with a sentence. */
  readonly run: (asked: Asked) => Fields | void | Promise<void>;
}

const ACTS: readonly Act[] = [
  { verb: 'POST', path: /^reset$/, run: ({ epm }) => epm.reset() },
  {
    verb: 'POST',
    path: /^identity\/sign-in$/,
    run: ({ epm, fields }) => ({ refresh_token: epm.signIn(signInOf(fields)) }),
  },
  { verb: 'POST', path: /^identity\/revoke-access$/, run: ({ epm }) => epm.revokeAccessTokens() },
  { verb: 'POST', path: /^identity\/revoke-refresh$/, run: ({ epm }) => epm.revokeRefreshTokens() },
  {
    verb: 'POST',
    path: /^hosts\/([^/]+)\/fault$/,
    run: ({ epm, names: [host = ''], fields }) => epm.fault(host, readFault(fields)),
  },
  {
    verb: 'DELETE',
    path: /^hosts\/([^/]+)\/fault$/,
    run: ({ epm, names: [host = ''] }) => epm.clearFaults(host),
  },
  {
    verb: 'POST',
    path: /^hosts\/([^/]+)\/release$/,
    run: ({ epm, names: [host = ''] }) => epm.release(host),
  },
  { verb: 'POST', path: /^hosts\/([^/]+)\/down$/, run: ({ epm, names: [host = ''] }) => epm.takeDown(host) },
  { verb: 'POST', path: /^hosts\/([^/]+)\/up$/, run: ({ epm, names: [host = ''] }) => epm.bringUp(host) },
  {
    verb: 'POST',
    path: /^pods\/([^/]+)\/strand$/,
    run: ({ epm, names: [pod = ''] }) => epm.strandRunningJobs(pod),
  },
  {
    verb: 'POST',
    path: /^pods\/([^/]+)\/jobs$/,
    // Checked there, as every script is.
    run: ({ epm, names: [pod = ''], fields }) => ({ id: epm.startJob(pod, fields as unknown as JobScript) }),
  },
  {
    verb: 'POST',
    path: /^pods\/([^/]+)\/jobs\/([^/]+)\/([^/]+)\/finish$/,
    run: ({ epm, names: [pod = '', family, id = ''], fields }) => {
      const ends = Object.keys(fields).length === 0 ? undefined : (fields as unknown as JobScript['ends']);
      epm.finishJob(pod, familyOf(family), id, ends);
    },
  },
  {
    verb: 'POST',
    path: /^pods\/([^/]+)\/jobs\/([^/]+)\/([^/]+)\/report$/,
    run: ({ epm, names: [pod = '', family, id = ''], fields }) =>
      epm.report(pod, familyOf(family), id, fields),
  },
];

/** Finds and does what `verb path` asks for (the path without `/_fake/`); throws with a sentence when it cannot. */
export async function act(epm: FakeEpm, verb: string, path: string, fields: Fields): Promise<Fields> {
  for (const { verb: wanted, path: pattern, run } of ACTS) {
    const match = verb === wanted ? pattern.exec(path) : null;
    if (match) return (await run({ epm, names: match.slice(1).map(decodeURIComponent), fields })) ?? {};
  }
  throw new Error(`nothing is done by ${verb} ${path}`);
}

function familyOf(name: string | undefined): Family {
  const family = FAMILIES.find((candidate) => candidate === name);
  if (family === undefined) throw new Error(`family must be one of ${FAMILIES.join(', ')}`);
  return family;
}

function signInOf({ client, user, scope }: Fields): Parameters<FakeEpm['signIn']>[0] {
  if (typeof client !== 'string') throw new Error('sign-in needs a client');
  return {
    client,
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof scope === 'string' ? { scope } : {}),
  };
}
