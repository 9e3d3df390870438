import { readFile, writeFile } from 'node:fs/promises';
import { decode, encode } from '@jridgewell/sourcemap-codec';
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

const OUTPUT = 'dist/vesper.js';

await build({
  entryPoints: ['dist/main.js'],
  outfile: OUTPUT,
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

await keepOwnLines(`${OUTPUT}.map`);

/**
 * Node reads the whole map when the first stack trace is wanted, which is when something has failed: with the libraries in it that took a second and 140 MiB.
 * Their frames tell the line of the bundle instead.
 */
async function keepOwnLines(path) {
  const map = JSON.parse(await readFile(path, 'utf8'));
  const own = map.sources.map((source) => !source.includes('node_modules/'));
  const places = own.map((isOwn, at) => (isOwn ? own.slice(0, at).filter(Boolean).length : null));
  let isMapped = false;
  const lines = decode(map.mappings).map((line) => {
    const kept = line
      .filter(([, source]) => own[source])
      .map(([column, source, line, at]) => [column, places[source], line, at]);
    // A line that is nobody's ends what is ours: else its frames would be told as our last line before it.
    const ends = isMapped && kept.length === 0;
    isMapped = kept.length > 0;
    return ends ? [[0]] : kept;
  });
  const sources = map.sources.filter((_, at) => own[at]);
  await writeFile(path, JSON.stringify({ ...map, sources, names: [], mappings: encode(lines) }));
}
