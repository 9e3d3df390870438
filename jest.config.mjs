import { availableParallelism } from 'node:os';

// Everything becomes CommonJS, as in production: Nest 12 and two of its dependencies ship ESM only, so those three are transformed too.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/harness/dynamodb-emulator.setup.mjs',
  globalTeardown: '<rootDir>/test/harness/dynamodb-emulator.teardown.mjs',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
      },
    ],
  },
  // A dynamic import names the file as it is after the build.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: [
    '/node_modules/(?!(?:.*/node_modules/)?(?:@nestjs|content-disposition|cookie|@seriousme)/)',
  ],
  // By itself Jest leaves a core idle. The end-to-end suites wait for disk, emulator and sockets a third of their time, which one worker more makes use of.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  workerIdleMemoryLimit: '768MB',
};
