import { parseAppsFile } from '../../src/platform/config/apps-file';

/** What the files of these builders take from the environment. */
export const ENVIRONMENT = {
  TOKEN_URL: 'https://idcs-1.identity.oraclecloud.com/oauth2/v1/token',
  CLIENT_ID: 'vesper',
  SECRET: 'hidden',
  CHANNEL: 'C12345678',
};

export const OAUTH = {
  type: 'oauth',
  token_url: '${TOKEN_URL}',
  client_id: '${CLIENT_ID}',
  client_secret: '${SECRET}',
  scope: 'urn:opc:epm',
};
/** As a public client. */
export const REFRESHING = { ...OAUTH, client_secret: undefined, refresh_token: '${SECRET}' };
export const BASIC = { type: 'basic', username: 'pulse', password: '${SECRET}' };

export const PLANNING = {
  base_url: 'https://planning-epm.example.com',
  family: 'planning',
  application: 'Vision',
};
export const ARCS = { name: 'ARCS', base_url: 'https://arcs-epm.example.com/', family: 'arcs' };

const APP = { domains: ['Actual'] };

/** Files of config/apps.json, right but for what a test puts in. */
export const withApp = (app: object) => ({ apps: { Planning: { ...APP, ...app } } });
export const withServers = (servers: object, auth?: object) => ({ ...withApp({}), epm: { auth, servers } });
export const withServer = (server: object) => withServers({ pod: server }, BASIC);
export const withAuth = (auth: object) => withServers({}, auth);

export const parseText = (text: string, production = false) =>
  parseAppsFile(text, { environment: ENVIRONMENT, production });
export const parse = (document: unknown, production = false) =>
  parseText(JSON.stringify(document), production);
export const faultsOf = (document: unknown, production = false) => parse(document, production).faults;

/** What a name that is none is told. */
export const NAME_RULE =
  'must be 1-50 printable characters that neither begin nor end with a space, and none of __proto__, ., ..';
