// Every vendor's pull, interrupted.
import { startGithub, token } from './support/github.mjs';
import { startHub } from './support/hub.mjs';
import { content, sha256, startWeb } from './support/web.mjs';
import { interrupted } from './support/interrupted.mjs';

const mib = 1 << 20;
const sent = (hub) => async () => (await hub.log()).filter(([who]) => who === 'cdn').reduce((sum, line) => sum + Number(line[4]), 0);

// A repository of the Hub: whichever kind, the way is the same.
function repository(kind, ref) {
  return async () => {
    const files = { 'README.md': 300, 'data/one.bin': 24 * mib, 'data/two.bin': 8 * mib };
    const hub = await startHub([{ id: 'acme/big', kind, rate: '3m', files }]);
    const facts = hub.repos['acme/big'].files;
    return {
      ref, env: { HF_ENDPOINT: hub.endpoint }, stop: hub.stop, sent: sent(hub),
      files: Object.fromEntries(Object.entries(facts).map(([path, { sha256 }]) => [path, sha256])),
    };
  };
}

interrupted('a dataset', repository('datasets', 'hf:datasets/acme/big'));
interrupted('a Space', repository('spaces', 'space:acme/big'));

// Private ones go through the API, so that both ways are tried.
function release(hidden) {
  return async () => {
    const files = { 'one.bin': 24 * mib, 'two.bin': hidden ? 8 * mib : { size: 8 * mib, digest: false } };
    const github = await startGithub({ 'acme/big': { private: hidden, releases: [{ tag: 'v1', files }] } }, { rate: 3 * mib });
    const sha256 = (name) => github.file('acme/big', 'v1', name).sha256;
    return {
      ref: 'gh:acme/big', env: github.env(hidden ? { GH_TOKEN: token } : {}), stop: github.stop, sent: github.sent,
      files: Object.fromEntries(Object.keys(files).map((name) => [name, sha256(name)])),
    };
  };
}

interrupted('a release', release(false));
interrupted('a private release', release(true));

// With a digest, and with nothing but an entity tag to know the file again by.
function webFile(known) {
  return async () => {
    const bytes = content(24 * mib);
    const web = await startWeb({ '/m.bin': { bytes, head: { etag: '"one"' } } }, { rate: 2 * mib });
    const ref = web.url('/m.bin') + (known ? `#sha256=${sha256(bytes)}` : '');
    return { ref, env: {}, stop: web.stop, sent: web.sent, files: { 'm.bin': sha256(bytes) } };
  };
}

interrupted('a web address with a digest', webFile(true));
interrupted('a web address without one', webFile(false));
