import { CanvasNotWritten, InvalidApp, InvalidStatus } from '../../domain/board/board.errors';
import {
  ChangedConcurrently,
  InvalidInputError,
  RateLimitedError,
  StorageUnavailable,
} from '../../domain/shared/errors';
import { ApiKeyMissing, ApiKeyUnknown, CorrelationIdInvalid, ScopeMissing } from './access.errors';
import { inFace, toAnswer, type Face } from './envelopes';
import { toErrorFacts } from './error-facts';

const REQUEST = {
  method: 'POST',
  url: '/api/v1/status?x=1',
  correlationId: 'c1',
  at: new Date('2026-03-02T17:00:00.000Z'),
};

const answer = (face: Face, error: unknown) => {
  const facts = inFace(face, toErrorFacts(error));
  return {
    status: facts.status,
    retryAfter: facts.retryAfterSeconds,
    body: toAnswer(face, facts, REQUEST),
  };
};
const fastifyFault = (statusCode: number, code = '') => Object.assign(new Error('x'), { statusCode, code });

describe('the board', () => {
  it.each([
    ['no key', new ApiKeyMissing(), 401, 'MISSING_AUTH', 'No API key was sent'],
    ['a wrong key', new ApiKeyUnknown(), 403, 'INVALID_KEY', 'Invalid API key'],
    [
      'a missing scope',
      new ScopeMissing(['board']),
      403,
      'SCOPE_MISSING',
      'This API key lacks the scope board',
    ],
    ['an app nobody knows', new InvalidApp('x'), 400, 'INVALID_APP', 'App "x" is not configured'],
    [
      'a status nobody knows',
      new InvalidStatus(),
      400,
      'INVALID_STATUS',
      'Status must be one of: Blank, Loading, OK, Warning',
    ],
    [
      'torn JSON',
      fastifyFault(400, 'FST_ERR_CTP_INVALID_JSON_BODY'),
      400,
      'INVALID_REQUEST',
      'The body is not valid JSON',
    ],
    ['what cannot be read', fastifyFault(400), 400, 'INVALID_REQUEST', 'The request cannot be read'],
    ['a large body', fastifyFault(413), 413, 'BODY_TOO_LARGE', 'The body is larger than 64 KiB'],
    [
      'another media type',
      fastifyFault(415),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'The body must be sent as application/json, uncompressed',
    ],
    ['too many requests', new RateLimitedError(7), 429, 'RATE_LIMITED', 'Too Many Requests'],
    ['a storage out of reach', new StorageUnavailable('disk full'), 500, 'STATE_ERROR', 'disk full'],
    [
      'others who write too',
      new ChangedConcurrently('App x'),
      500,
      'STATE_ERROR',
      'App x was changed by another request at the same time',
    ],
    [
      'something unforeseen',
      new Error('hunter2'),
      500,
      'INTERNAL_ERROR',
      'Something went wrong inside Vesper; the log knows more under this correlation id',
    ],
  ])('answers %s in its own shape', (_, error, status, code, message) => {
    expect(answer('board', error)).toMatchObject({
      status,
      body: { success: false, error: { code, message, details: {} } },
    });
  });

  it('says when to come back after a fault that passes', () => {
    const waits = [
      new RateLimitedError(7),
      new StorageUnavailable('x', null, 3),
      new ChangedConcurrently('x'),
    ];
    expect(waits.map((error) => answer('board', error).retryAfter)).toEqual([7, 3, 1]);
  });

  it('joins violations, and lists them besides', () => {
    const violations = ['a must be b', 'c is not a known field'];
    for (const error of [
      new InvalidInputError(violations),
      new InvalidInputError(violations, 'INVALID_REQUEST'),
    ])
      expect(answer('board', error).body).toEqual({
        success: false,
        error: {
          code: 'INVALID_REQUEST',
          message: 'a must be b; c is not a known field',
          details: { violations },
        },
      });
    expect(answer('board', new CorrelationIdInvalid('x-request-id')).body).toMatchObject({
      error: { code: 'INVALID_REQUEST', details: { violations: [expect.any(String)] } },
    });
  });

  it('shows what the error has for programs', () => {
    const error = new CanvasNotWritten([{ channelId: 'C1', slackError: 'canvas_locked' }], ['C2']);
    expect(answer('board', error)).toMatchObject({
      status: 502,
      body: {
        error: {
          code: 'SLACK_ERROR',
          message: 'The canvas of channel C1 could not be written: canvas_locked',
          details: { channels: [{ channel: 'C1', slack_error: 'canvas_locked' }], written: ['C2'] },
        },
      },
    });
  });
});

describe('the general face', () => {
  it('answers a missing key and a wrong one alike', () => {
    const [missing, unknown] = [new ApiKeyMissing(), new ApiKeyUnknown()].map((error) =>
      answer('general', error),
    );
    expect(missing).toEqual(unknown);
    expect(missing).toMatchObject({
      status: 401,
      body: { error: 'Unauthorized', message: 'Invalid API key', code: 'API_KEY_INVALID' },
    });
  });

  it('shows nothing of what only the other has room for', () => {
    const error = new CanvasNotWritten([{ channelId: 'C1', slackError: 'x' }], []);
    expect(answer('general', error)).toEqual({
      status: 502,
      retryAfter: null,
      body: {
        statusCode: 502,
        timestamp: '2026-03-02T17:00:00.000Z',
        path: '/api/v1/status',
        method: 'POST',
        error: 'Bad Gateway',
        message: 'The canvas of channel C1 could not be written: x',
        code: 'SLACK_ERROR',
        correlation_id: 'c1',
      },
    });
  });
});
