import type { Clock } from '../../domain/shared/clock';
import type { EpmAuthConfig } from '../../platform/config/config';
import { objectOf } from './epm-reply';
import { textOf, toShown } from './epm-text';
import type { JsonObject } from './families/family';
import { exchange, type HttpReply } from './http-exchange';
import type { AccessToken } from './token-grant';

export type OAuthConfig = Extract<EpmAuthConfig, { type: 'oauth' }>;

export type TokenReply =
  | {
      readonly kind: 'granted';
      readonly access: AccessToken;
      /** `null`: none was sent, so the one that was used stays valid (RFC 6749, section 6). */
      readonly refreshToken: string | null;
    }
  /** The refresh token is consumed, expired or withdrawn. */
  | { readonly kind: 'invalid_grant'; readonly error: string }
  /** The client, its secret or the scope is wrong; the refresh token was not looked at. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'unreachable'; readonly error: string };

const TIMEOUT_MS = 30_000;
/** Spec 20, "Authentication". */
const MARGIN_MS = 60_000;
/** What Oracle's identity domains grant unless told otherwise (contracts of Oracle EPM, "Authentication"); the answer says it. */
const USUAL_LIFE_SECONDS = 3_600;
/** A wrong client is not asked about with every job. */
const REFUSED_FOR_MS = 5 * 60_000;
/** RFC 6749, appendix A.12: what can stand in a header. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
const ERROR_CODE = /^[a-z][a-z0-9_]{1,60}$/;
const PASSING_ERRORS = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/** Asks the identity service of one connection for tokens. Nothing is asked twice: a refresh token serves once. */
export class TokenClient {
  private refusal: { readonly error: string; readonly untilMs: number } | null = null;

  constructor(
    private readonly config: OAuthConfig,
    private readonly clock: Clock,
  ) {}

  clientCredentials(): Promise<TokenReply> {
    const { scope } = this.config;
    return this.request({ grant_type: 'client_credentials', ...(scope === null ? {} : { scope }) }, []);
  }

  /** Without a scope, which means that of the sign-in: a narrower one, lacking `offline_access`, might end the line of tokens. */
  refresh(refreshToken: string): Promise<TokenReply> {
    return this.request({ grant_type: 'refresh_token', refresh_token: refreshToken }, [refreshToken]);
  }

  private async request(
    form: Readonly<Record<string, string>>,
    secrets: readonly string[],
  ): Promise<TokenReply> {
    if (this.refusal !== null && this.clock.monotonicMs() < this.refusal.untilMs)
      return { kind: 'refused', error: this.refusal.error };
    const askedAt = this.clock.now();
    const { tokenUrl: url, clientId, clientSecret } = this.config;
    const secret = clientSecret?.reveal() ?? null;
    const basic = secret === null ? null : Buffer.from(`${clientId}:${secret}`).toString('base64');
    const request = {
      method: 'POST',
      url,
      headers: { accept: 'application/json', ...(basic === null ? {} : { authorization: `Basic ${basic}` }) },
      // A public client only names itself.
      body: new URLSearchParams(basic === null ? { ...form, client_id: clientId } : form),
      timeoutMs: TIMEOUT_MS,
    } as const;
    // Not to be broken off: whoever hangs up after the token was consumed has lost the next one.
    const reply = await exchange(request, this.clock, new AbortController().signal);
    const hidden = [...secrets, secret, basic].filter((one) => one !== null);
    return this.heed(toTokenReply(reply, askedAt, hidden));
  }

  private heed(reply: TokenReply): TokenReply {
    const untilMs = this.clock.monotonicMs() + REFUSED_FOR_MS;
    this.refusal = reply.kind === 'refused' ? { error: reply.error, untilMs } : null;
    return reply;
  }
}

function toTokenReply(reply: HttpReply, askedAt: Date, secrets: readonly string[]): TokenReply {
  if (reply.kind === 'none')
    return { kind: 'unreachable', error: `the identity service does not answer: ${reply.error}` };
  const body = objectOf(reply);
  if (body === null) {
    const what = reply.kind === 'other' ? reply.what : 'JSON of another shape';
    return {
      kind: 'unreachable',
      error: `the identity service answered with ${what} (HTTP ${reply.status})`,
    };
  }
  if (reply.status < 300) return ofSuccess(body, askedAt);
  return ofError(reply.status, body, secrets);
}

function ofSuccess(body: JsonObject, askedAt: Date): TokenReply {
  const { access_token: value, refresh_token: refreshToken } = body;
  if (!isToken(value))
    return { kind: 'unreachable', error: 'the identity service answered without an access token' };
  const lifeMs = lifeSecondsOf(body['expires_in']) * 1_000;
  const freshMs = lifeMs - Math.min(MARGIN_MS, lifeMs / 2);
  const access = { value, freshUntil: new Date(askedAt.getTime() + freshMs) };
  return { kind: 'granted', access, refreshToken: isToken(refreshToken) ? refreshToken : null };
}

function ofError(status: number, body: JsonObject, secrets: readonly string[]): TokenReply {
  const code = typeof body['error'] === 'string' && ERROR_CODE.test(body['error']) ? body['error'] : null;
  const said = toShown(textOf(body['error_description']) ?? (code === null ? textOf(body) : null), secrets);
  const error = [code ?? `HTTP ${status}`, said].filter((part) => part !== null).join(': ');
  if (code === 'invalid_grant') return { kind: 'invalid_grant', error };
  const isPassing = status >= 500 || status === 408 || status === 429 || PASSING_ERRORS.has(code ?? '');
  return isPassing
    ? { kind: 'unreachable', error: `the identity service cannot answer now: ${error}` }
    : { kind: 'refused', error: `the identity service refuses the client: ${error}` };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value);
}

function lifeSecondsOf(value: unknown): number {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds)
    ? seconds
    : USUAL_LIFE_SECONDS;
}
