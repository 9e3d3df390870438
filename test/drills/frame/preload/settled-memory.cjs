'use strict';

/** Preloaded into a Vesper started with --expose-gc: at SIGUSR2 it collects all garbage and writes what is left to the file of DRILL_MEMORY_FILE. */
const { renameSync, writeFileSync } = require('node:fs');

const file = process.env['DRILL_MEMORY_FILE'];

process.on('SIGUSR2', () => {
  globalThis.gc();
  // What the first collection set free for finalizers is collected by a second one.
  setImmediate(() => {
    globalThis.gc();
    writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
    renameSync(`${file}.new`, file);
  });
});
