import { FakeEpm, JobScript } from './fake-epm';
import { EpmReply, fieldsOf, get } from './fake-epm/calling';

let now: number;
let fake: FakeEpm;

beforeEach(async () => {
  now = 1_700_000_000_000;
  fake = await FakeEpm.start({
    now: () => now,
    pods: {
      planning: { product: 'planning', applications: ['Vision', 'Close & Tax'] },
      other: { product: 'planning', unknownAs: 'server_error', jobIdSpelling: 'jobID', language: 'de' },
      arcs: { product: 'arcs' },
      edm: { product: 'edm' },
    },
  });
});
afterEach(() => fake.close());

const VISION = '/HyperionPlanning/rest/v3/applications/Vision/jobs';
const start = (pod: string, script: JobScript): string => String(fake.startJob(pod, script));
const statusOf = async (pod: string, path: string): Promise<unknown> =>
  fieldsOf(await get(fake, pod, path))['status'];

describe('a Planning job', () => {
  it('is in progress until its end, then says how it ended; failed is HTTP 200 too', async () => {
    const ends = { status: 1, details: 'Rule failed' };
    const id = start('planning', { family: 'planning', jobName: 'Agg', runsForMs: 60_000, ends });

    const running = await get(fake, 'planning', `${VISION}/${id}`);
    now += 59_999;
    expect(await statusOf('planning', `${VISION}/${id}`)).toBe(-1);
    now += 1;
    const failed = await get(fake, 'planning', `${VISION}/${id}`);

    expect(running).toMatchObject({ status: 200, body: { status: -1, jobName: 'Agg' } });
    expect(failed).toEqual({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: {
        status: 1,
        details: 'Rule failed',
        jobId: Number(id),
        jobName: 'Agg',
        descriptiveStatus: 'Error',
        links: [
          {
            rel: 'self',
            href: `https://epm-lb-01.internal.oraclecloud.com:443${VISION}/${id}`,
            action: 'GET',
          },
        ],
      },
    });
  });

  it.each([-1, 0, 1, 2, 3, 4, 2_147_483_647, 77])(
    'can say %i, by hand and against the clock',
    async (status) => {
      const id = start('planning', { family: 'planning', runsForMs: 0 });
      fake.report('planning', 'planning', id, { status });
      now += 3_600_000;

      expect(await get(fake, 'planning', `${VISION}/${id}`)).toMatchObject({ status: 200, body: { status } });
    },
  );

  it('runs until it is finished when its script names no end', async () => {
    const id = start('planning', { family: 'planning', ends: { status: 4 } });
    now += 86_400_000;
    expect(await statusOf('planning', `${VISION}/${id}`)).toBe(-1);
    fake.finishJob('planning', 'planning', id);
    expect(await statusOf('planning', `${VISION}/${id}`)).toBe(4);
    fake.finishJob('planning', 'planning', id, { status: 3 });
    expect(await statusOf('planning', `${VISION}/${id}`)).toBe(3);
  });

  it('is unknown before its start', async () => {
    const id = start('planning', { family: 'planning', startsInMs: 1_000, runsForMs: 1_000 });

    expect((await get(fake, 'planning', `${VISION}/${id}`)).status).toBe(404);
    now += 1_000;
    expect(await statusOf('planning', `${VISION}/${id}`)).toBe(-1);
  });

  it('stays in progress for ever when the restart killed it', async () => {
    const running = start('planning', { family: 'planning', runsForMs: 60_000 });
    const done = start('planning', { family: 'planning', runsForMs: 0 });
    fake.strandRunningJobs('planning');
    now += 86_400_000;

    expect(await statusOf('planning', `${VISION}/${running}`)).toBe(-1);
    expect(await statusOf('planning', `${VISION}/${done}`)).toBe(0);
  });

  it('spells its id jobID and describes itself in another language on other pods', async () => {
    const id = start('other', { family: 'planning', runsForMs: 0 });
    const body = fieldsOf(await get(fake, 'other', `${VISION}/${id}`));

    expect(body).toMatchObject({ jobID: Number(id), descriptiveStatus: 'Abgeschlossen' });
    expect(body).not.toHaveProperty('jobId');
  });

  it('is found in its own application only, encoded', async () => {
    const id = start('planning', { family: 'planning', application: 'Close & Tax' });
    const jobsOf = (application: string): string => VISION.replace('Vision', application);

    expect((await get(fake, 'planning', `${jobsOf('Close%20%26%20Tax')}/${id}`)).status).toBe(200);
    expect((await get(fake, 'planning', `${jobsOf('Close+%26+Tax')}/${id}`)).status).toBe(404);
    expect((await get(fake, 'planning', `${VISION}/${id}`)).status).toBe(404);
  });
});

describe('paths', () => {
  it.each([
    ['planning', '/epm/rest/v1/jobRuns/101'],
    ['planning', '/armARCS/rest/v1/jobs/101'],
    ['planning', '/HyperionPlanning/rest/V3/applications/Vision/jobs/101'],
    ['planning', '/HyperionPlanning/rest/v2/applications/Vision/jobs/101'],
    ['planning', '/HyperionPlanning/rest/v3/applications/vision/jobs/101'],
    ['planning', '/HyperionPlanning/rest/v3/applications/%E0%A4/jobs/101'],
    ['planning', `/${VISION}/101`],
    ['planning', `/epmcloud${VISION}/101`],
    ['planning', `${VISION}/101/`],
    ['planning', `${VISION}/0101`],
    ['planning', `${VISION}/102`],
    ['planning', VISION],
    ['planning', '/aif/rest/v1/jobs/101'],
    ['planning', '/aif/rest/V1/jobs/102'],
    ['arcs', `${VISION}/101`],
    ['arcs', '/aif/rest/V1/jobs/101'],
    ['arcs', '/armARCS/rest/V1/jobs/100000103240030'],
    ['edm', `${VISION}/101`],
    ['edm', '/epm/rest/v1/jobruns/11111111-1111-4111-8111-111111111111'],
  ])('%s has no %s', async (pod, path) => {
    start('planning', { family: 'planning' });
    start('planning', { family: 'data-integration' });
    start('arcs', { family: 'arcs' });
    start('edm', { family: 'edm', id: '11111111-1111-4111-8111-111111111111' });

    expect((await get(fake, pod, path)).status).toBe(404);
  });

  it.each([
    ['planning', '/epm/rest/v1/jobRuns/101'],
    ['planning', '/armARCS/rest/v1/jobs/101'],
    ['arcs', '/aif/rest/V1/jobs/101'],
    ['arcs', `${VISION}/101`],
    ['edm', `${VISION}/101`],
  ])('%s has never heard of %s: the 404 is the web server’s', async (pod, path) => {
    expect(await get(fake, pod, path)).toMatchObject({
      status: 404,
      contentType: 'text/html; charset=UTF-8',
    });
  });

  it.each(['/HyperionPlanning/rest/v3/applications/vision/jobs/1', `${VISION}/999`, '/aif/rest/V1/jobs/999'])(
    'of %s answer 500 with a Java message on some pods',
    async (path) => {
      expect(await get(fake, 'other', path)).toMatchObject({
        status: 500,
        body: { message: expect.stringContaining('java.lang.') },
      });
    },
  );

  it('are read with GET; nothing pretends to start a job', async () => {
    const id = start('planning', { family: 'planning' });

    expect((await get(fake, 'planning', `${VISION}/${id}`, { method: 'DELETE' })).status).toBe(405);
    expect((await get(fake, 'planning', `${VISION}/${id}`, { method: 'HEAD' })).status).toBe(405);
    expect((await get(fake, 'planning', VISION, { method: 'POST' })).status).toBe(501);
    expect((await get(fake, 'arcs', '/armARCS/rest/v1/jobs', { method: 'POST' })).status).toBe(501);
  });
});

describe('details of a Planning job', () => {
  const loads = Array.from({ length: 30 }, (_, index) => ({
    dimension: `Dimension ${index + 1}`,
    messages: [
      { type: 'INFO' as const, text: 'read' },
      { type: 'ERROR' as const, text: `no parent ${index + 1}` },
    ],
  }));
  const details = (id: string, query = ''): Promise<EpmReply> =>
    get(fake, 'planning', `${VISION}/${id}/details${query}`);

  it('exist for imports and exports, of which the status says only that children failed', async () => {
    const failing = {
      family: 'planning',
      jobType: 'IMPORT_METADATA',
      runsForMs: 0,
      ends: { status: 1 },
    } as const;
    const id = start('planning', { ...failing, loads });
    const rules = start('planning', { family: 'planning', jobType: 'RULES' });

    expect((await get(fake, 'planning', `${VISION}/${id}`)).body).toMatchObject({
      details: 'One or more child jobs have failed',
      links: [{ rel: 'self' }, { rel: 'job-details', href: expect.stringMatching(/\/details$/) }],
    });
    expect((await details(rules)).status).toBe(400);
    expect(fieldsOf(await get(fake, 'planning', `${VISION}/${rules}`))['links']).toHaveLength(1);
  });

  it('come in pages of 25 without a word, all with limit -1 or 0', async () => {
    const id = start('planning', { family: 'planning', jobType: 'EXPORT_DATA', loads });
    const lengthOf = async (query: string): Promise<[number, unknown]> => {
      const { items, hasMore } = fieldsOf(await details(id, query));
      return [(items as unknown[]).length, hasMore];
    };

    expect(await lengthOf('')).toEqual([25, true]);
    expect(await lengthOf('?offset=25')).toEqual([5, false]);
    expect(await lengthOf('?limit=-1')).toEqual([30, false]);
    expect(await lengthOf('?limit=0')).toEqual([30, false]);
    expect((await details(id)).body).toMatchObject({
      links: [{ rel: 'self' }, { rel: 'next', href: expect.stringContaining('?offset=25&limit=25') }],
    });
  });

  it('name the children, which say why', async () => {
    const id = start('planning', {
      family: 'planning',
      jobType: 'IMPORT_METADATA',
      loads: loads.slice(0, 1),
    });
    const [item] = fieldsOf(await details(id))['items'] as { links: { rel: string; href: string }[] }[];
    const path = new URL(item?.links[0]?.href ?? '').pathname;

    expect(item).toMatchObject({ recordsRejected: 1, links: [{ rel: 'child-job-details' }] });
    expect(
      (await get(fake, 'planning', `${path}?q=%7B%22messageType%22%3A%22ERROR%22%7D`)).body,
    ).toMatchObject({
      items: [{ msgType: 'ERROR', msgText: 'no parent 1' }],
    });
    expect(fieldsOf(await get(fake, 'planning', path))['items']).toHaveLength(2);
    expect((await get(fake, 'planning', path.replace('/childjobs/1', '/childjobs/2'))).status).toBe(404);
  });

  it.each(['?q=ERROR', '?q=%7B%7D', '?limit=x', '?offset=-1'])('are refused for %s', async (query) => {
    const id = start('planning', { family: 'planning', jobType: 'IMPORT_DATA', loads });

    expect((await details(id, query)).status).toBe(400);
  });
});

describe('a Data Integration job', () => {
  const JOBS = '/aif/rest/V1/jobs';

  it('says SUCCESS with status -1 for a while: only the status counts', async () => {
    const id = start('planning', { family: 'data-integration', runsForMs: 1_000 });
    const seen = async (): Promise<unknown[]> => {
      const { jobStatus, status } = fieldsOf(await get(fake, 'planning', `${JOBS}/${id}`));
      return [jobStatus, status];
    };

    expect(await seen()).toEqual(['RUNNING', -1]);
    now += 1_000;
    expect(await seen()).toEqual(['SUCCESS', -1]);
    now += 5_000;
    expect(await seen()).toEqual(['SUCCESS', 0]);
  });

  it('can lag for ever, and warn', async () => {
    const lagging = start('planning', { family: 'data-integration', runsForMs: 0, statusLagMs: null });
    const warning = start('planning', {
      family: 'data-integration',
      runsForMs: 0,
      statusLagMs: 0,
      ends: { status: 0, jobStatus: 'WARNING' },
    });
    now += 86_400_000;

    expect((await get(fake, 'planning', `${JOBS}/${lagging}`)).body).toMatchObject({
      jobStatus: 'SUCCESS',
      status: -1,
    });
    expect((await get(fake, 'planning', `${JOBS}/${warning}`)).body).toMatchObject({
      jobStatus: 'WARNING',
      status: 0,
    });
  });

  it('counts apart from Planning: the same id is another job', async () => {
    const planning = start('planning', { family: 'planning', runsForMs: 0 });
    const load = start('planning', {
      family: 'data-integration',
      runsForMs: 0,
      statusLagMs: 0,
      ends: { status: 1 },
    });

    expect(load).toBe(planning);
    expect(await statusOf('planning', `${VISION}/${planning}`)).toBe(0);
    expect(await statusOf('planning', `${JOBS}/${load}`)).toBe(1);
  });

  it('fails with a stack trace that holds a password', async () => {
    const id = start('planning', {
      family: 'data-integration',
      runsForMs: 0,
      statusLagMs: 0,
      ends: { status: 1 },
    });
    const { details, jobStatus } = fieldsOf(await get(fake, 'planning', `${JOBS}/${id}`));

    expect(jobStatus).toBe('FAILED');
    expect(details).toMatch(/^java\.sql\.SQLException[^]*password=/);
    expect(String(details).length).toBeGreaterThan(2_000);
  });

  it('answers an unknown id with a status that is none of a job', async () => {
    expect(await get(fake, 'planning', `${JOBS}/999`)).toMatchObject({ status: 404, body: { status: 1 } });
  });
});

describe('an Account Reconciliation job', () => {
  const JOBS = '/armARCS/rest/v1/jobs';

  it('names itself in no field, only in its link', async () => {
    const id = start('arcs', { family: 'arcs' });

    expect((await get(fake, 'arcs', `${JOBS}/${id}`)).body).toEqual({
      type: 'ARCS',
      status: -1,
      details: 'In Process',
      error: null,
      items: null,
      link: null,
      links: [
        { rel: 'self', href: `https://epm-lb-01.internal.oraclecloud.com:443${JOBS}/${id}`, action: 'GET' },
      ],
    });
  });

  it.each([1, 2, 42])('fails with any positive number, such as %i', async (status) => {
    const id = start('arcs', { family: 'arcs', runsForMs: 0, ends: { status } });

    expect(await get(fake, 'arcs', `${JOBS}/${id}`)).toMatchObject({ status: 200, body: { status } });
  });

  it('can have failed in part with 0', async () => {
    const details = 'Total to copy : 3\nSuccessfully copied : 2\nUnsuccessfully copied : 1\n';
    const id = start('arcs', { family: 'arcs', runsForMs: 0, ends: { status: 0, details } });

    expect((await get(fake, 'arcs', `${JOBS}/${id}`)).body).toMatchObject({ status: 0, details });
  });

  it('of MONITOR_RECONCILIATIONS is over and says -1 when some are open', async () => {
    const monitor = { family: 'arcs', jobName: 'MONITOR_RECONCILIATIONS', runsForMs: 0 } as const;
    const open = start('arcs', { ...monitor, ends: { status: -1 } });
    const closed = start('arcs', monitor);

    expect((await get(fake, 'arcs', `${JOBS}/${open}`)).body).toMatchObject({
      status: -1,
      details: expect.stringContaining('Status : Open'),
    });
    expect((await get(fake, 'arcs', `${JOBS}/${closed}`)).body).toMatchObject({
      status: 0,
      details: expect.stringContaining('Status : Closed'),
    });
  });
});

describe('an EDM job run', () => {
  const RUNS = '/epm/rest/v1/jobRuns';

  it('speaks in words, and measures its progress', async () => {
    const id = start('edm', { family: 'edm', origin: 'IMPORT_DIMENSION', runsForMs: 1_000 });
    now += 250;
    const running = await get(fake, 'edm', `${RUNS}/${id}`);
    now += 750;

    expect(running.body).toMatchObject({
      id,
      origin: 'IMPORT_DIMENSION',
      status: 'PROCESSING',
      error: null,
      jobProgress: 25,
      created: now - 1_000,
    });
    expect((await get(fake, 'edm', `${RUNS}/${id}`)).body).toMatchObject({
      status: 'COMPLETED',
      jobProgress: 100,
    });
  });

  it('can hold an error beside any word, and words nobody has listed', async () => {
    const ends = { status: 'COMPLETED', error: 'Locked' };
    const failed = start('edm', { family: 'edm', runsForMs: 0, ends });
    const odd = start('edm', { family: 'edm', runsForMs: 0, ends: { status: 'QUIESCED' } });

    expect((await get(fake, 'edm', `${RUNS}/${failed}`)).body).toMatchObject(ends);
    expect((await get(fake, 'edm', `${RUNS}/${odd}`)).body).toMatchObject({
      status: 'QUIESCED',
      error: null,
    });
  });

  it('can be COMPLETED without success, which only its result says', async () => {
    const id = start('edm', { family: 'edm', runsForMs: 0, ends: { status: 'COMPLETED', success: false } });
    const running = start('edm', { family: 'edm' });

    expect((await get(fake, 'edm', `${RUNS}/${id}`)).body).toMatchObject({
      status: 'COMPLETED',
      error: null,
    });
    expect((await get(fake, 'edm', `${RUNS}/${id}/result`)).body).toMatchObject({
      result: { success: false },
    });
    expect((await get(fake, 'edm', `${RUNS}/${running}/result`)).body).toMatchObject({ result: null });
  });
});

describe('scripts that no pod could run', () => {
  it.each<[string, unknown, string]>([
    ['arcs', { family: 'planning' }, 'this pod does not know planning'],
    ['planning', { family: 'planning', application: 'vision' }, 'this pod has no application vision'],
    ['planning', { family: 'fccs' }, 'family must be one of planning, data-integration, arcs, edm'],
    ['planning', { family: 'planning', ends: { status: -1 } }, '-1 is not an end: leave runsForMs null'],
    ['planning', { family: 'planning', ends: { status: 'DONE' } }, 'a status of planning is a whole number'],
    ['planning', { family: 'planning', origin: 'X' }, 'a job of planning has no origin'],
    [
      'planning',
      { family: 'planning', ends: { status: 1, error: 'x' } },
      'the end of a job of planning has no error',
    ],
    ['planning', { family: 'planning', runsForMs: '60s' }, 'runsForMs must be milliseconds'],
    ['planning', { family: 'planning', id: '7' }, 'an id of planning is a whole number'],
    ['planning', { family: 'planning', jobName: 7 }, 'jobName must be a text'],
    ['planning', { family: 'planning', loads: [{}] }, 'a load needs a dimension'],
    ['arcs', { family: 'arcs', ends: { status: -1 } }, '-1 is not an end: leave runsForMs null'],
    ['edm', { family: 'edm', ends: { status: 0 } }, 'a status of edm is a word'],
    ['edm', { family: 'edm', id: '42' }, 'an id of edm is a UUID in small letters'],
    ['fccs', { family: 'planning' }, 'no pod fccs; there are planning, other, arcs, edm'],
  ])('%s refuses %j', (pod, script, why) => {
    expect(() => fake.startJob(pod, script as JobScript)).toThrow(why);
  });

  it('the same id twice, a report the family has no words for, a job nobody started', () => {
    const id = start('planning', { family: 'planning' });

    expect(() => start('planning', { family: 'planning', id: Number(id) })).toThrow(
      `planning has a job ${id} already`,
    );
    expect(() => fake.report('planning', 'planning', id, { jobStatus: 'SUCCESS' })).toThrow(
      'a report of planning has no jobStatus',
    );
    expect(() => fake.finishJob('planning', 'planning', id, { status: 'X' })).toThrow('whole number');
    expect(() => fake.finishJob('planning', 'planning', 999)).toThrow('planning has no job 999');
  });
});
