export const HELP = `Plays one night of a job log (Standard Workload Format) against a running Vesper over HTTP.

  npm run replay -- <file.swf[.gz]> (--night YYYY-MM-DD | --busiest) [options]

Each application number of the log is a scheduler (ipsc-app-0042). It is registered first; each of its jobs is
a run: a "running" update, heartbeats, a "completed" update. A chosen share of the runs fails, a chosen share goes silent
(heartbeats stop, no end is told). Which ones is drawn by --seed and printed before the start and at the end, so that
Slack can be checked against it. The same seed and options make the same night.

Which night
  --night YYYY-MM-DD       the night that starts on this local date
  --busiest                the night with the most jobs
  --from, --to HH:MM       the night's wall-clock times (00:00, 06:00); to <= from crosses midnight
  --zone <IANA zone>       zone of those times (America/Los_Angeles, that of the NASA iPSC log)
  --max-schedulers <n>     only the n schedulers with the most runs
  --all-applications       register all applications of the log; those without a run that night stay pending
                           (on a Vesper with empty storage: one that knows them already keeps their status)
  --prefix <text>          first part of the scheduler ids, and their tag (ipsc)

How it goes
  --speed <n>              how many times faster than real (60: six hours in six minutes)
  --failed <share>         share of runs that fail (0.05)
  --silent <share>         share of runs that go silent (0.02)
  --seed <n>               (1)
  --heartbeat-minutes <n>  log time between heartbeats of a run (5)
  --stale-minutes <n>      Vesper's stale timeout in log time, for what is expected (10)
  --start-at <instant>     start log time then (ISO-8601 with Z or offset); default and when past: at once

Vesper
  --url <address>          (http://127.0.0.1:3000)
  --key <key>              API key (or the variable VESPER_API_KEY, which other users of the machine cannot see)
  --max-concurrency <n>    calls in flight (16); calls of one scheduler never overtake each other
  --timeout-seconds <n>    for one answer (10)
  --retry-seconds <n>      how long 429, 502-504 and network errors are retried for one call (300)

What to do
  --dry-run                print the plan, call nobody
  --print-env              print the settings of a Vesper that fits this night, call nobody
  --verify                 at the end, compare GET /api/v1/schedulers with what the plan expects
  --json                   the report (or the dry run's plan) as JSON on stdout, everything else on stderr
  --help

A night in minutes
  Events carry the real time at which they are played, since Vesper's windows and timeouts run in real time. So Vesper's
  settings must be as much faster as the night: at --speed 60 a window of 6 minutes around now, in which the hourly edit
  comes each minute (EOD_UPDATE_INTERVAL_MINUTES=1), a scheduler is stale after 10 s (STALE_TIMEOUT_MINUTES=0.166667) and the
  scan runs each 5 s (STALE_SCAN_INTERVAL_MINUTES=0.0833333). The variables take decimals. --print-env works them out for the
  window that opens at the next full minute, and prints the replay command that starts at the same moment:

    npm run --silent replay -- log.swf.gz --busiest --print-env > replay.env
    env $(grep -v '^#' replay.env) npm start          # before the window opens, in one terminal
    tail -1 replay.env                                # the replay command, for another terminal

  Vesper allows 100 requests a minute for a key: without RATE_LIMIT_PER_MINUTE=0 a replay spends its time waiting, and says so.
  Run times are reported as the log has them (execution_time_ms), not divided by the speed.
  After --to no job starts, but the replay goes on to the next full minute of real time, as Vesper's window does.

Exit code: 0 all acknowledged and, with --verify, as expected; 1 not; 2 wrong usage or unreadable log; 130 stopped by Ctrl-C.
`;
