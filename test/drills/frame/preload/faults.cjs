'use strict';

/** Preloaded into a Vesper to plant one fault in it, named by DRILL_FAULT, that a drill must find from the outside. */
const { Server, ServerResponse } = require('node:http');
const Module = require('node:module');
const { setTimeout: sleep } = require('node:timers/promises');

const KEPT_BYTES = 16 * 1_024;
const BLOCKED_MS = 400;
const BLOCK_EVERY_MS = 1_000;
const [STEPS, STEP_MS, STEP_EVERY_MS] = [3, 200, 250];
/** More than a start may take. */
const SLOW_START_MS = 4_500;
/** Slack takes a message a second. */
const POST_EVERY_MS = 1_100;
const ONE_IN = 4;

const FAULTS = {
  /** Every request is kept for ever, with what it might have brought. */
  leak: () => {
    const kept = [];
    onRequest((request) => kept.push([request.url, request.headers, Buffer.alloc(KEPT_BYTES, kept.length)]));
  },
  /** The event loop stands still every now and then. */
  block: () => {
    setInterval(() => standStill(BLOCKED_MS), BLOCK_EVERY_MS).unref();
  },
  /** The start takes longer than it may, and so does the CPU time of it. */
  'slow start': () => standStill(SLOW_START_MS),
  /** Whatever Slack refuses or does not answer holds everything up. */
  'slow with Slack': () => {
    onSlack(async (send) => {
      const answer = await send().catch((error) => error);
      if (answer.status !== 200) stumble();
      if (answer instanceof Error) throw answer;
      return answer;
    });
  },
  /** A heartbeat is acknowledged before it is written. */
  'early heartbeats': () => {
    onModule('/features/schedulers/heartbeat.service.js', ({ HeartbeatService }) => {
      const { record } = HeartbeatService.prototype;
      HeartbeatService.prototype.record = async function (...args) {
        const at = this.clock.now();
        // Of a write that fails nobody hears any more.
        record.apply(this, args).catch(() => undefined);
        return at;
      };
    });
  },
  /** A heartbeat now and then is acknowledged and never written. */
  'dropped heartbeats': () => {
    let heard = 0;
    onModule('/features/schedulers/heartbeat.service.js', ({ HeartbeatService }) => {
      const { record } = HeartbeatService.prototype;
      HeartbeatService.prototype.record = async function (...args) {
        heard += 1;
        return heard % ONE_IN === 0 ? this.clock.now() : record.apply(this, args);
      };
    });
  },
  /** One message in some is taken for posted and was not. */
  'dropped messages': () => {
    onPost(async (send, { form, key }) => {
      const isDropped = !key.startsWith('eod:') && hashOf(key) % ONE_IN === 0;
      return isDropped ? postedAnswer(form.get('channel')) : send(form);
    });
  },
  /** Each message is posted once more, under another key. */
  'doubled messages': () => {
    onPost(async (send, { form, key }) => {
      const answer = await send(form);
      await sleep(POST_EVERY_MS);
      await send(withKey(form, otherThan(key)));
      return answer;
    });
  },
  /** Each message is posted, deleted and posted again. */
  'withdrawn messages': () => {
    onPost(async (send, { form }) => {
      const first = await (await send(form)).clone().json();
      if (!first.ok) return send(form);
      await send(new URLSearchParams({ channel: first.channel, ts: first.ts }), 'chat.delete');
      await sleep(POST_EVERY_MS);
      return send(form);
    });
  },
  /** Nobody is told when to come again. */
  'no Retry-After': () => {
    const { setHeader, writeHead } = ServerResponse.prototype;
    const isWanted = (name) => name.toLowerCase() !== 'retry-after';
    ServerResponse.prototype.setHeader = function (name, value) {
      return isWanted(name) ? setHeader.call(this, name, value) : this;
    };
    ServerResponse.prototype.writeHead = function (status, ...rest) {
      const headers = rest.at(-1);
      if (typeof headers !== 'object' || headers === null) return writeHead.call(this, status, ...rest);
      const kept = Object.entries(headers).filter(([name]) => isWanted(name));
      return writeHead.call(this, status, ...rest.slice(0, -1), Object.fromEntries(kept));
    };
  },
  /** Whoever asks is told that it is ready, whatever it can do. */
  'always ready': () => {
    onModule('/platform/health/health.service.js', ({ HealthService }) => {
      HealthService.prototype.isReady = async () => true;
    });
  },
  /** A damaged line of the journal is taken for one that says what the line before it said. */
  'no checksum': () => {
    onModule('/adapters/persistence/json/journal-line.js', (lines) => {
      const { parseJournalLine } = lines;
      let last = null;
      lines.parseJournalLine = (bytes) => {
        const read = parseJournalLine(bytes);
        if (read !== null || last !== null) last = read ?? { ...last, seq: last.seq + 1 };
        return last;
      };
    });
  },
  /** Whose folder it is, is not asked. */
  'no lock': () => {
    onModule('/adapters/persistence/json/folder-lock.js', ({ FolderLock }) => {
      FolderLock.acquire = async () => ({ verify: () => null, release: async () => undefined });
    });
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
  let isPlanted = false;
  Module._extensions['.js'] = function (module, file) {
    load(module, file);
    if (!file.replaceAll('\\', '/').endsWith(ending)) return;
    change(module.exports);
    isPlanted = true;
  };
  onRequest(() => {
    if (!isPlanted) throw new Error(`there is no module ${ending} to plant a fault in`);
  });
}

/** @param handle given how to send the request on, and what it is; its url is a text */
function onSlack(handle) {
  const { fetch } = globalThis;
  globalThis.fetch = (url, init) => handle(() => fetch(url, init), { url, init, fetch });
}

/** Messages that are posted. @param handle given how to send a form on, to the same method or another one */
function onPost(handle) {
  onSlack((passOn, { url, init, fetch }) => {
    if (!url.endsWith('/chat.postMessage')) return passOn();
    const form = new URLSearchParams(init.body);
    const key = JSON.parse(form.get('metadata')).event_payload.key;
    const send = (body, method = 'chat.postMessage') =>
      fetch(url.replace('chat.postMessage', method), { ...init, body: body.toString() });
    return handle(send, { form, key });
  });
}

function withKey(form, key) {
  const changed = new URLSearchParams(form);
  const metadata = JSON.parse(form.get('metadata'));
  changed.set('metadata', JSON.stringify({ ...metadata, event_payload: { ...metadata.event_payload, key } }));
  return changed;
}

/** A table's is that of the next generation, as of a night that is begun again. */
function otherThan(key) {
  const next = key.replace(/:table:(\d+):/, (_, generation) => `:table:${Number(generation) + 1}:`);
  return next === key ? `${key}-again` : next;
}

function postedAnswer(channel) {
  const ts = `${Math.floor(Date.now() / 1_000)}.000001`;
  return Response.json({ ok: true, channel, ts, message: { ts } });
}

/** The same for each attempt at a message. */
function hashOf(text) {
  return [...text].reduce((hash, letter) => (hash * 31 + letter.codePointAt(0)) >>> 0, 7);
}

function stumble() {
  for (let step = 0; step < STEPS; step++) setTimeout(() => standStill(STEP_MS), step * STEP_EVERY_MS);
}

function standStill(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const plant = FAULTS[process.env['DRILL_FAULT']];
if (plant === undefined) throw new Error(`no such fault: ${process.env['DRILL_FAULT']}`);
plant();
