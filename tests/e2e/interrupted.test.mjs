// Every vendor's pull, interrupted.
import { startHub } from './support/hub.mjs';
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
