import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

// What `npm start` runs: dist/main.js and all that it imports in one file, because reading some 1,400 files is half of a start (docs/adr/0020-one-file.md).

/** They look for files beside themselves. */
const WITH_FILES = ['pino', 'swagger-ui-dist'];

/** Nest asks for them and goes on without them. */
const NOT_INSTALLED = [
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@fastify/multipart',
  '@fastify/view',
];

/**
 * Nest's log contexts and exceptions are called as their classes, which a bundler renames where two scopes become one. Its own remedy, `keepNames`, names
 * each function each time it is made and costs a quarter of the throughput.
 */
const keepClassNames = {
  name: 'keep-class-names',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]@nestjs[\\/].*\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      return {
        contents: code.replace(
          /\bclass (\w+)( extends [\w.]+)? \{/g,
          "$& static { Object.defineProperty(this, 'name', { value: '$1', configurable: true }); }",
        ),
      };
    });
  },
};

await build({
  entryPoints: ['dist/main.js'],
  outfile: 'dist/vesper.js',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  external: [...WITH_FILES, ...NOT_INSTALLED],
  plugins: [keepClassNames],
  logLevel: 'warning',
});
