// Builds the page: node build.mjs CONTRACT FOLDER. CONTRACT is the program that prints the API's contract; in FOLDER lies the
// page afterwards as files, and as page.cpp, which has them all in it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import openapi, { astToString } from 'openapi-typescript';

const here = dirname(fileURLToPath(import.meta.url));
const [contract, folder] = process.argv.slice(2);
if (!folder) throw new Error('build.mjs CONTRACT FOLDER');

async function makeTypes() {
  const text = execFileSync(contract, { encoding: 'utf8', maxBuffer: 16 << 20 });
  const types = astToString(await openapi(JSON.parse(text)));
  const place = join(here, 'src/contract.d.ts');
  let before = '';
  try { before = readFileSync(place, 'utf8'); } catch { /* the first time */ }
  if (before !== types) writeFileSync(place, types);
}

function checkTypes() {
  try {
    execFileSync(process.execPath, [join(here, 'node_modules/typescript/lib/tsc.js'), '--noEmit', '-p', here], { stdio: 'pipe', encoding: 'utf8' });
  } catch (failed) {
    throw new Error(`the page's types do not fit:\n${failed.stdout}`);
  }
}

// The scripts and styles, each under a name that carries a digest of it; [{name, type, bytes}].
async function bundle() {
  const made = await build({
    entryPoints: { app: join(here, 'src/main.tsx'), style: join(here, 'src/style.css') },
    bundle: true, minify: true, write: false, outdir: '/', entryNames: '[name]-[hash]', format: 'esm', target: 'es2022',
    jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none', logLevel: 'warning', charset: 'utf8',
  });
  return made.outputFiles.map(({ path, contents }) => ({
    name: path.slice(1).toLowerCase(), bytes: Buffer.from(contents),
    type: path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
  }));
}

function indexOf(assets) {
  const named = (end) => assets.find(({ name }) => name.endsWith(end)).name;
  const html = readFileSync(join(here, 'src/index.html'), 'utf8').replace('app.js', named('.js')).replace('style.css', named('.css'));
  return { name: 'index.html', type: 'text/html; charset=utf-8', bytes: Buffer.from(html) };
}

// A literal of any bytes.
function literal(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 4096) {
    let line = '';
    for (const byte of bytes.subarray(at, at + 4096)) {
      const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
      line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
    }
    lines.push(`"${line}"`);
  }
  return `std::string_view{${lines.join('\n') || '""'}, ${bytes.length}}`;
}

const tagOf = (bytes) => `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;

function sourceOf(assets) {
  const rows = assets.map(({ name, type, bytes }) => {
    const words = [name, type, tagOf(bytes)].map((word) => JSON.stringify(word)).join(', ');
    return `{${words}, ${literal(bytes)}, ${literal(gzipSync(bytes, { level: 9 }))}}`;
  });
  return `#include "apps/web/page.hpp"
namespace hive::web {
namespace {
constexpr asset assets[] = {
${rows.join(',\n')}};
} // namespace
std::span<const asset> page() noexcept { return assets; }
} // namespace hive::web
`;
}

await makeTypes();
checkTypes();
const parts = await bundle();
const assets = [indexOf(parts), ...parts];
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const { name, bytes } of assets) writeFileSync(join(folder, name), bytes);
writeFileSync(join(folder, 'page.cpp'), sourceOf(assets));
const first = assets.reduce((sum, { bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0);
console.log(`the page: ${assets.length} files, ${(first / 1000).toFixed(1)} kB compressed`);
if (first > 150_000) throw new Error('the first load must stay under 150 kB');
