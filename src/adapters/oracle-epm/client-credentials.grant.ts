import type { TokenClient } from './token.client';
import type { TokenGrant, TokenOutcome } from './token-grant';

/** Tokens that name no user: a pod that checks a user's role refuses them. */
export class ClientCredentialsGrant implements TokenGrant {
  constructor(private readonly client: TokenClient) {}

  async obtain(): Promise<TokenOutcome> {
    const reply = await this.client.clientCredentials();
    if (reply.kind === 'granted') return { kind: 'token', token: reply.access };
    // There is no grant to become invalid; a service that says so means the client.
    return reply.kind === 'invalid_grant' ? { kind: 'refused', error: reply.error } : reply;
  }
}
