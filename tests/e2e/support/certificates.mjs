// Certificates for tests, made by openssl: an authority, and what it signs.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const openssl = (...args) => promisify(execFile)('openssl', args);
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

// `issue(name, {hosts, days, passphrase})` → {certificate, key}, PEM files; hosts as in subjectAltName.
export async function makeAuthority() {
  const root = await mkdtemp(join(tmpdir(), 'hive-ca-'));
  const at = (name) => join(root, name);
  await openssl('req', '-x509', ...newKey, '-nodes', '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2', '-subj', '/CN=hive-e2e-authority');
  const issue = async (name, { hosts = ['IP:127.0.0.1', 'IP:::1', 'DNS:localhost'], days = 2, passphrase } = {}) => {
    const key = at(`${name}.key`);
    const certificate = at(`${name}.pem`);
    await openssl('req', ...newKey, ...(passphrase ? ['-passout', `pass:${passphrase}`] : ['-nodes']), '-keyout', key,
      '-out', at(`${name}.csr`), '-subj', `/CN=${name}`, '-addext', `subjectAltName=${hosts.join(',')}`);
    await openssl('x509', '-req', '-in', at(`${name}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial',
      '-days', String(days), '-copy_extensions', 'copy', '-out', certificate);
    return { certificate, key };
  };
  return { file: at('ca.pem'), at, issue, remove: () => rm(root, { recursive: true, force: true }) };
}
