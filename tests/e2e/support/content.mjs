// Deterministic content of any size: AES-CTR keystream of a seed, with a GGUF head where asked.
import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';

const zeros = Buffer.alloc(4 << 20);
const ggufHead = Buffer.from('GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1');

// Writes `size` bytes to `file`; resolves to {size, sha256, gitSha1}.
export async function writeContent(file, size, seed) {
  await mkdir(dirname(file), { recursive: true });
  const stream = createCipheriv('aes-128-ctr', createHash('md5').update(seed).digest(), Buffer.alloc(16));
  const sha256 = createHash('sha256');
  const gitSha1 = createHash('sha1').update(`blob ${size}\0`);
  const out = createWriteStream(file);
  for (let at = 0; at < size; ) {
    const bytes = stream.update(zeros.subarray(0, Math.min(zeros.length, size - at)));
    if (at === 0 && file.endsWith('.gguf')) ggufHead.copy(bytes);
    sha256.update(bytes);
    gitSha1.update(bytes);
    at += bytes.length;
    if (!out.write(bytes)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  return { size, sha256: sha256.digest('hex'), gitSha1: gitSha1.digest('hex') };
}

// A file without blocks, whose SHA-256 the caller knows.
export async function writeZeros(file, { zeros: size, sha256 }) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  await truncate(file, size);
  return { size, sha256, gitSha1: '' };
}

export async function sha256Of(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}
