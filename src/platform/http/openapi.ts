import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SECURITY_SCHEMES } from './access.decorators';

const DOCS_PATH = '/api/docs';
const DOCS_JSON_PATH = '/api/docs-json';

/** Groups of routes, in the order in which they are shown. */
const TAGS = [
  ['schedulers', 'Scheduled jobs: register, report, heartbeat, read'],
  ['board', 'The EPM status board and its canvases. Failed requests are answered in a shape of their own'],
  ['operations', 'How Vesper itself is doing'],
] as const;

export interface ApiIdentity {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** Whether a route belongs to the documentation, which anybody may read. */
export function isDocumentation(routeUrl: string): boolean {
  return (
    routeUrl === DOCS_PATH ||
    routeUrl.startsWith(`${DOCS_PATH}/`) ||
    ['json', 'yaml'].some((format) => routeUrl === `${DOCS_PATH}-${format}`)
  );
}

/** Serves Swagger UI and the document; the document is made when it is first asked for. */
export function serveDocumentation(app: NestFastifyApplication, identity: ApiIdentity): void {
  SwaggerModule.setup(DOCS_PATH, app, () => createDocument(app, identity), {
    jsonDocumentUrl: DOCS_JSON_PATH,
    customSiteTitle: identity.title,
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}

function createDocument(app: NestFastifyApplication, identity: ApiIdentity): OpenAPIObject {
  const [header, bearer] = SECURITY_SCHEMES;
  const description = 'An API key of API_KEYS; either way of sending it works everywhere';
  const builder = new DocumentBuilder()
    .setTitle(identity.title)
    .setDescription(identity.description)
    .setVersion(identity.version)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'x-api-key', description }, header)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description }, bearer);
  for (const [name, about] of TAGS) builder.addTag(name, about);
  return SwaggerModule.createDocument(app, builder.build());
}
