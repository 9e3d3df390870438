'use strict';

/** Preloaded into a Vesper to plant one fault in it, named by DRILL_FAULT, that a drill must find from the outside. */
const { Server } = require('node:http');
const Module = require('node:module');

const KEPT_BYTES = 16 * 1_024;
const BLOCKED_MS = 400;
const BLOCK_EVERY_MS = 1_000;

const FAULTS = {
  /** Every request is kept for ever, with what it might have brought. */
  leak: () => {
    const kept = [];
    onRequest((request) => kept.push([request.url, request.headers, Buffer.alloc(KEPT_BYTES, kept.length)]));
  },
  /** The event loop stands still every now and then. */
  block: () => {
    setInterval(() => {
      const until = performance.now() + BLOCKED_MS;
      while (performance.now() < until);
    }, BLOCK_EVERY_MS).unref();
  },
  /** One odd path takes the process down. */
  crash: () => {
    onRequest((request) => {
      if (/%00/.test(request.url)) process.exit(70);
    });
  },
  /** One odd value, and only that, is something the code does not expect. */
  fault: () => {
    onModule('/features/schedulers/status.service.js', ({ StatusService }) => {
      const { update } = StatusService.prototype;
      StatusService.prototype.update = function (...args) {
        if (args[0].runId?.includes('\u202e')) throw new TypeError('run ids are written from left to right');
        return update.apply(this, args);
      };
    });
  },
  /** Text from outside goes to Slack as it came. */
  markup: () => {
    onModule('/adapters/slack/slack-text.js', (text) => {
      text.fitInline = (written, limit) => written.slice(0, limit);
    });
  },
  /** What is wrong is not said by name. */
  nameless: () => {
    onModule('/platform/http/error-body.js', (exported) => {
      const { toErrorBody } = exported;
      exported.toErrorBody = (facts, request) => {
        const body = toErrorBody(facts, request);
        return Array.isArray(body.message) ? { ...body, message: ['something is wrong'] } : body;
      };
    });
  },
};

function onRequest(see) {
  const { emit } = Server.prototype;
  Server.prototype.emit = function (event, ...args) {
    if (event === 'request') see(args[0]);
    return emit.call(this, event, ...args);
  };
}

function onModule(ending, change) {
  const load = Module._extensions['.js'];
  Module._extensions['.js'] = function (module, file) {
    load(module, file);
    if (file.replaceAll('\\', '/').endsWith(ending)) change(module.exports);
  };
}

const plant = FAULTS[process.env['DRILL_FAULT']];
if (plant === undefined) throw new Error(`no such fault: ${process.env['DRILL_FAULT']}`);
plant();
