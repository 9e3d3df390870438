'use strict';

/**
 * Preloaded into a Vesper: its wall clock is the machine's, moved by the milliseconds in the file of DRILL_CLOCK_FILE. Whatever measures durations
 * (performance, timers) goes on as it is, as on a machine whose clock somebody sets.
 */
const { readFileSync } = require('node:fs');

const file = process.env['DRILL_CLOCK_FILE'];
const READ_EVERY_MS = 5;
const SystemDate = Date;
const systemNow = Date.now.bind(Date);
const elapsed = performance.now.bind(performance);
let movedMs = 0;
let readAtMs = -Infinity;

function now() {
  if (elapsed() - readAtMs >= READ_EVERY_MS) {
    readAtMs = elapsed();
    movedMs = Number(readFileSync(file, 'utf8'));
  }
  return systemNow() + movedMs;
}

globalThis.Date = new Proxy(SystemDate, {
  apply: () => new SystemDate(now()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
