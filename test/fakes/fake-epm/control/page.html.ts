import { Html, html, join } from '../../fake-slack/page/html';
import type { EpmState, HostState, JobState } from './state';

/** Looks again every two seconds, without a script. */
export function renderPage(state: EpmState): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content="2" />
        <title>Fake EPM</title>
        <link rel="stylesheet" href="/page.css" />
      </head>
      <body>
        <h1>Fake EPM</h1>
        <h2>Hosts</h2>
        <table>
          <tr>
            <th>Host</th>
            <th>Address</th>
            <th>Is</th>
            <th>Requests</th>
            <th>Under way</th>
            <th>Most at once</th>
            <th>Faults</th>
          </tr>
          ${join(state.hosts.map(hostRow))}
        </table>
        <h2>Jobs</h2>
        <table>
          <tr>
            <th>Pod</th>
            <th>Family</th>
            <th>Application</th>
            <th>Job</th>
            <th>Status</th>
            <th>Details</th>
          </tr>
          ${join(state.jobs.map(jobRow))}
        </table>
        <p>${state.tokens.access} access tokens and ${state.tokens.refresh} refresh tokens are valid.</p>
      </body>
    </html>`.source;
}

function hostRow({ name, url, isUp, traffic, faults }: HostState): Html {
  return html`<tr>
    <td>${name}</td>
    <td>${url}</td>
    <td>${isUp ? 'up' : 'down'}</td>
    <td>${traffic.received}</td>
    <td>${traffic.inFlight}</td>
    <td>${traffic.highWater}</td>
    <td>${faultText(faults)}</td>
  </tr>`;
}

function jobRow(job: JobState): Html {
  return html`<tr>
    <td>${job.pod}</td>
    <td>${job.family}</td>
    <td>${job.application}</td>
    <td>${job.id}</td>
    <td>${statusText(job)}</td>
    <td>${detailText(job)}</td>
  </tr>`;
}

/** The same for a terminal: one line a host, one line a job. */
export function renderAsText({ hosts, jobs, tokens }: EpmState): string {
  const hostLines = hosts.map(
    ({ name, url, isUp, traffic, faults }) =>
      `${name}  ${url}  ${isUp ? 'up' : 'down'}  requests ${traffic.received}  most at once ${traffic.highWater}  ${faultText(faults)}`,
  );
  const jobLines = jobs.map((job) => {
    const { pod, family, application, id } = job;
    return `${[pod, family, application, id].filter((part) => part !== null).join('/')}  ${statusText(job)}  ${detailText(job)}`;
  });
  return [...hostLines, '', ...jobLines, '', `tokens  access ${tokens.access}  refresh ${tokens.refresh}`, '']
    .map((line) => line.trimEnd())
    .join('\n');
}

function statusText({ isKnown, status, jobStatus }: JobState): string {
  if (!isKnown) return 'not started';
  return jobStatus === null ? String(status) : `${status} ${jobStatus}`;
}

function detailText({ error, details }: JobState): string {
  return (error ?? details ?? '').split('\n')[0]?.slice(0, 120) ?? '';
}

function faultText(faults: HostState['faults']): string {
  return faults
    .map(({ kind, left }) => (left === Infinity ? `${kind} until cleared` : `${kind} ×${left}`))
    .join(', ');
}

export const PAGE_CSS = `body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ddd; padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
`;
