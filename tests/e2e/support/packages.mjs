// npm packages the tests use, installed outside the source tree and pinned by the committed lock file. Once for all tests,
// and again when the lock file changes.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = join(dirname(fileURLToPath(import.meta.url)), '../..');
const text = (path) => readFile(path, 'utf8').catch(() => '');

// A `require` that finds those of a folder of tests.
export async function packages(folder = 'e2e') {
  const [list, place] = [join(tests, folder), join(tests, `../build/${folder}-client`)];
  const [lock, done] = [join(list, 'package-lock.json'), join(place, 'installed.json')];
  if (await text(lock) !== await text(done)) {
    await mkdir(place, { recursive: true });
    await rm(done, { force: true });
    for (const file of ['package.json', 'package-lock.json']) await cp(join(list, file), join(place, file));
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: place, stdio: 'inherit' });
    await cp(lock, done);
  }
  return createRequire(join(place, 'x.mjs'));
}
