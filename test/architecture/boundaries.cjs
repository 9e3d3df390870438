// Who may import whom (house rules). Type-only imports count, specs stand outside. `npm run lint:rooms` checks src;
// rooms.spec.ts checks besides that each rule bites, on one planted violation per rule under violations/.

const PRODUCTION = '\\.spec\\.ts$';
const from = (path, rest = {}) => ({ path, pathNot: PRODUCTION, ...rest });
const BUILT_IN = ['core'];
const PACKAGE = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/** Pure libraries the domain needs, each with the folder that may use it. */
const DOMAIN_LIBRARIES = {
  // Time zone arithmetic: DST days and windows over midnight.
  'src/domain/windows/': 'luxon',
};
const [[WINDOWS_ROOM, ZONE_LIBRARY]] = Object.entries(DOMAIN_LIBRARIES);

/** Vendor SDKs and the only folders that may know them. */
const sdk = (name, packages, rooms) => ({
  name,
  severity: 'error',
  comment: 'A vendor can be replaced without reading anything outside its adapter.',
  from: { path: '^src/', pathNot: [...rooms, PRODUCTION] },
  to: { path: `node_modules/(@types/)?(${packages})` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-knows-only-itself',
      severity: 'error',
      comment: 'Rules can be read, tested and trusted without the world.',
      from: from('^src/domain/'),
      to: { path: '^(src|test)/', pathNot: '^src/domain/' },
    },
    {
      name: 'domain-uses-no-library',
      severity: 'error',
      comment: 'No Nest, no class-validator, no SDK; the exceptions stand by name in DOMAIN_LIBRARIES.',
      from: from('^src/domain/', { pathNot: [WINDOWS_ROOM, PRODUCTION] }),
      to: { dependencyTypes: PACKAGE },
    },
    {
      name: 'domain-windows-uses-only-its-zone-library',
      severity: 'error',
      from: from(`^${WINDOWS_ROOM}`),
      to: { dependencyTypes: PACKAGE, pathNot: `node_modules/(@types/)?${ZONE_LIBRARY}/` },
    },
    {
      name: 'domain-does-no-io',
      severity: 'error',
      comment: 'No node: module either: no clock, no disk, no network, no randomness of its own.',
      from: from('^src/domain/'),
      to: { dependencyTypes: BUILT_IN },
    },
    {
      name: 'platform-knows-only-the-domain',
      severity: 'error',
      comment: 'The floor does not know the furniture.',
      from: from('^src/platform/'),
      to: { path: '^(src|test)/', pathNot: '^src/(platform|domain)/' },
    },
    {
      name: 'features-know-no-adapter',
      severity: 'error',
      from: from('^src/features/'),
      to: { path: '^src/adapters/' },
    },
    {
      name: 'features-meet-in-the-domain',
      severity: 'error',
      comment: 'No feature imports another, so any of them can be removed.',
      from: from('^src/features/([^/]+)/'),
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'features-use-only-nest-and-class-validator',
      severity: 'error',
      comment: 'FastifyRequest and FastifyReply are types of the server that Nest hands to controllers.',
      from: from('^src/features/'),
      to: {
        dependencyTypes: PACKAGE,
        pathNot:
          'node_modules/(@nestjs/|class-validator/|class-transformer/|fastify/|reflect-metadata/|rxjs/)',
      },
    },
    {
      name: 'features-do-no-io',
      severity: 'error',
      comment: 'Disk and network belong to adapters.',
      from: from('^src/features/'),
      to: {
        dependencyTypes: BUILT_IN,
        path: '^(node:)?(fs|net|http|https|http2|dgram|dns|tls|child_process|cluster|worker_threads|process|os)(/|$)',
      },
    },
    {
      name: 'adapters-know-no-feature',
      severity: 'error',
      comment: 'A vendor can be replaced without reading a feature.',
      from: from('^src/adapters/'),
      to: { path: '^src/features/' },
    },
    {
      name: 'dynamodb-knows-no-json',
      severity: 'error',
      from: from('^src/adapters/persistence/dynamodb/'),
      to: { path: '^src/adapters/persistence/json/' },
    },
    {
      name: 'json-knows-no-dynamodb',
      severity: 'error',
      from: from('^src/adapters/persistence/json/'),
      to: { path: '^src/adapters/persistence/dynamodb/' },
    },
    sdk('aws-sdk-stays-in-its-adapter', '@aws-sdk|@smithy', [
      '^src/adapters/persistence/dynamodb/',
      '^src/adapters/sqs/',
    ]),
    sdk('slack-sdk-stays-in-its-adapter', '@slack/', ['^src/adapters/slack/', '^src/adapters/channels/']),
    {
      name: 'nobody-imports-the-front-door',
      severity: 'error',
      comment: 'main.ts and its neighbours join the rooms; no room knows them.',
      from: from('^src/[^/]+/'),
      to: { path: '^src/[^/]+$' },
    },
    {
      name: 'production-imports-no-test',
      severity: 'error',
      from: from('^src/'),
      to: { path: '^test/' },
    },
    {
      name: 'production-needs-no-development-package',
      severity: 'error',
      comment: 'It would be missing where only production dependencies are installed.',
      from: from('^src/'),
      to: {
        dependencyTypes: ['npm-dev', 'npm-optional', 'npm-no-pkg'],
        dependencyTypesNot: ['npm', 'type-only'],
      },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      comment:
        'A circle of files is one file in disguise; in CommonJS it also fails late, with an undefined class.',
      from: from('^src/'),
      to: { circular: true },
    },
    {
      name: 'no-dead-end',
      severity: 'error',
      comment: 'Every import leads somewhere.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
