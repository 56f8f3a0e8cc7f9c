// Machines on one network: a network namespace each, joined by a bridge that is in one too, and ways to break it. Each has
// two interfaces: `data` for what nodes say to each other, which can be cut, and `api` by which the test asks them.
// Needs root, ip, nft and tc.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const path = `${process.env.PATH}:/usr/sbin:/sbin`;
const run = (command) => { const [name, ...args] = command.split(' '); return exec(name, args, { env: { PATH: path } }); };
const prefix = 'hivelab-';

// '' when namespaces can be made here, else why not.
export async function whyNot() {
  if (process.getuid() !== 0) return 'network namespaces need root';
  for (const tool of ['ip -V', 'nft -v', 'tc -V']) {
    try { await run(tool); } catch { return `network namespaces need ${tool.split(' ')[0]}`; }
  }
  const probe = `${prefix}${process.pid}-probe`;
  try {
    await run(`ip netns add ${probe}`);
    await run(`ip netns exec ${probe} nft add table inet lab`);
  } catch (e) {
    return `network namespaces are not allowed here: ${String(e.stderr ?? e).trim().split('\n')[0]}`;
  } finally {
    await run(`ip netns del ${probe}`).catch(() => {});
  }
  return '';
}

// What a run that was killed has left.
async function sweep() {
  const lives = (pid) => { try { return process.kill(pid, 0); } catch { return false; } };
  for (const name of await readdir('/run/netns').catch(() => []))
    if (name.startsWith(prefix) && !lives(Number(name.split('-')[1]))) await run(`ip netns del ${name}`).catch(() => {});
  for (const name of await readdir('/sys/class/net')) {
    const pid = /^hl\d+-(\w+)$/.exec(name)?.[1];
    if (pid && !lives(parseInt(pid, 36))) await run(`ip link del ${name}`).catch(() => {});
  }
}

export async function network(count) {
  await sweep();
  const own = `${prefix}${process.pid}-`;
  const hub = `${own}hub`;
  const all = [...Array(count).keys()];
  const name = (n) => `${own}${n}`;
  const address = (n) => `10.77.0.${n + 1}`;
  const inside = (n, command) => run(`ip netns exec ${name(n)} ${command}`);
  const outer = (n) => `hl${n}-${process.pid.toString(36)}`;
  const remove = async () => {
    // A namespace may outlive its name for a while, and its addresses here with it.
    for (const n of all) await run(`ip link del ${outer(n)}`).catch(() => {});
    for (const one of [hub, ...all.map(name)]) await run(`ip netns del ${one}`).catch(() => {});
  };
  const add = async (n) => {
    await run(`ip netns add ${name(n)}`);
    await run(`ip link add data netns ${name(n)} type veth peer name p${n} netns ${hub}`);
    await run(`ip netns exec ${hub} ip link set p${n} master hub0 up`);
    await run(`ip link add ${outer(n)} type veth peer name api netns ${name(n)}`);
    await run(`ip addr add 10.78.${n}.1/30 dev ${outer(n)}`);
    await run(`ip link set ${outer(n)} up`);
    await inside(n, 'ip link set lo up');
    await inside(n, `ip addr add ${address(n)}/24 dev data`);
    await inside(n, `ip addr add 10.78.${n}.2/30 dev api`);
    await inside(n, 'ip link set data up');
    await inside(n, 'ip link set api up');
    await inside(n, `ip route add default via 10.78.${n}.1`);
    await inside(n, 'nft add table inet lab');
    await inside(n, 'nft add set inet lab cut { type ipv4_addr ; }');
    await inside(n, 'nft add chain inet lab hear { type filter hook input priority 0 ; }');
    await inside(n, 'nft add chain inet lab lossy');
    await inside(n, 'nft add chain inet lab say { type filter hook output priority 0 ; }');
    await inside(n, 'nft add rule inet lab say udp dport 5353 counter');
    await inside(n, 'nft add rule inet lab hear iifname data ip saddr @cut drop');
    await inside(n, 'nft add rule inet lab hear iifname data jump lossy');
  };
  try {
    await run(`ip netns add ${hub}`);
    await run(`ip netns exec ${hub} ip link add name hub0 type bridge forward_delay 0`);
    await run(`ip netns exec ${hub} ip link set hub0 up`);
    for (const n of all) await add(n);
  } catch (e) {
    await remove();
    throw e;
  }
  // `to` hears nothing of `from` any more.
  const deafen = (to, from) => inside(to, `nft add element inet lab cut { ${address(from)} }`);
  return {
    // Where the test's own servers are reached by all of them.
    outside: '10.78.0.1',
    places: all.map((n) => ({
      where: ['ip', 'netns', 'exec', name(n)], listen: `10.78.${n}.2:7835`, peers: `${address(n)}:7836`, token: 'a-token-of-the-lab',
    })),
    deafen,
    // Both ways, between every one of `these` and every one of `those`.
    async cut(these, those) {
      for (const a of these) for (const b of those) await Promise.all([deafen(a, b), deafen(b, a)]);
    },
    async heal() { for (const n of all) await inside(n, 'nft flush set inet lab cut'); },
    // Its cable is pulled, and put back.
    unplug: (n) => run(`ip netns exec ${hub} ip link set p${n} down`),
    plug: (n) => run(`ip netns exec ${hub} ip link set p${n} up`),
    // Percent of all packets that reach anybody.
    async lose(percent) {
      for (const n of all) {
        await inside(n, 'nft flush chain inet lab lossy');
        if (percent > 0) await inside(n, `nft add rule inet lab lossy numgen random mod 100 < ${percent} drop`);
      }
    },
    // Packets of multicast DNS it has sent so far.
    async multicasts(n) { return Number(/counter packets (\d+)/.exec((await inside(n, 'nft list chain inet lab say')).stdout)[1]); },
    // What each may send, as tc says it: 20mbit.
    async rate(most) {
      for (const n of all) await inside(n, `tc qdisc replace dev data root tbf rate ${most} burst 64kb latency 50ms`);
    },
    remove,
  };
}
