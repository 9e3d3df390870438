import { Answer, json } from '../hosts/answer';
import type { Job } from '../jobs/job';
import type { Load } from '../jobs/job-script';
import { PodManners, selfLink } from './family';

const DETAILED_TYPES = ['IMPORT_DATA', 'EXPORT_DATA', 'IMPORT_METADATA', 'EXPORT_METADATA'];
/** Without a `limit`, and without a word about it. */
const DEFAULT_LIMIT = 25;

export function hasDetails(jobType = 'RULES'): boolean {
  return DETAILED_TYPES.includes(jobType);
}

interface DetailsRequest {
  readonly job: Job;
  /** The child job asked for (1 is the first); `null` = the job itself. */
  readonly child: number | null;
  readonly pod: PodManners;
  readonly query: URLSearchParams;
  readonly path: string;
}

/** `…/details` lists the loads of a job, `…/childjobs/{n}/details` the messages of one of them. */
export function answerDetails(request: DetailsRequest): Answer {
  const { job, child, query } = request;
  const { jobType, loads = [] } = job.scriptOf('planning');
  if (!hasDetails(jobType))
    return refusal(400, `No details are available for jobs of type ${jobType ?? 'RULES'}`);
  const page = readPage(query);
  if (page === null) return refusal(400, 'Invalid query parameter');
  if (child === null)
    return paged(
      request,
      page,
      loads.map((load, index) => loadItem(load, index + 1, request)),
    );
  const load = loads[child - 1];
  if (!load) return refusal(404, `Child job with ID ${child} is not found`);
  return paged(request, page, messageItems(load, page.messageType));
}

interface Page {
  readonly offset: number;
  /** `null` = all. */
  readonly limit: number | null;
  readonly messageType: string | null;
}

/** `null` when something makes no sense; `limit` -1 or 0 means all. */
function readPage(query: URLSearchParams): Page | null {
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(offset) || offset < 0 || !Number.isInteger(limit) || limit < -1) return null;
  const filter = query.get('q');
  const messageType = filter === null ? null : readFilter(filter);
  return messageType === undefined ? null : { offset, limit: limit <= 0 ? null : limit, messageType };
}

/** `{"messageType":"ERROR"}`; `undefined` for anything else. */
function readFilter(filter: string): string | undefined {
  try {
    const { messageType } = JSON.parse(filter) as { messageType?: unknown };
    return typeof messageType === 'string' ? messageType : undefined;
  } catch {
    return undefined;
  }
}

function paged({ pod, path }: DetailsRequest, { offset, limit }: Page, all: readonly unknown[]): Answer {
  const end = limit === null ? all.length : offset + limit;
  const hasMore = end < all.length;
  const self = selfLink(pod, path);
  const next = { ...self, rel: 'next', href: `${self['href']}?offset=${end}&limit=${limit}` };
  return json(200, { items: all.slice(offset, end), hasMore, links: hasMore ? [self, next] : [self] });
}

function loadItem(load: Load, child: number, { pod, path, job }: DetailsRequest): Record<string, unknown> {
  const rejected = (load.messages ?? []).filter(({ type }) => type === 'ERROR').length;
  const verb = job.scriptOf('planning').jobType?.startsWith('EXPORT') ? 'Export' : 'Import';
  const kind = job.scriptOf('planning').jobType?.endsWith('METADATA') ? 'Metadata' : 'Data';
  const link = selfLink(pod, `${path.replace(/\/details$/, '')}/childjobs/${child}/details`);
  return {
    recordsRead: 100,
    recordsRejected: rejected,
    recordsProcessed: 100 - rejected,
    dimensionName: load.dimension,
    loadType: `${kind} ${verb}`,
    links: [{ ...link, rel: 'child-job-details' }],
  };
}

function messageItems(load: Load, messageType: string | null): Record<string, string>[] {
  return (load.messages ?? [])
    .filter(({ type }) => messageType === null || type === messageType)
    .map(({ type, text }) => ({ msgType: type, msgCategory: load.dimension, msgText: text }));
}

function refusal(status: number, details: string): Answer {
  return json(status, { status, details });
}
