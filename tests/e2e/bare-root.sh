#!/bin/bash
# The README in a bare root: debootstrap makes a machine with only the base system, a fresh clone goes in,
# and every command of the README's shell blocks marked "sh" must succeed there. Needs root.
# bare-root.sh [SUITE]; default: this machine's own Debian release.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
[ "$(id -u)" -eq 0 ] || { echo "skipped: a bare root needs root"; exit 0; }
command -v debootstrap >/dev/null || apt-get -qq install --yes --no-install-recommends debootstrap
suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -n 1)

root=$(mktemp -d /var/tmp/hive-bare-XXXXXX)
cleanup() {
  for mounted in proc dev; do umount -l "$root/$mounted" 2>/dev/null || true; done
  rm -rf --one-file-system "$root"
}
trap cleanup EXIT
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$top/build/debootstrap.log" 2>&1
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# How this machine reaches the mirror (proxy, retries) is not part of the base system.
for conf in /etc/apt/apt.conf.d/*proxy*; do [ -e "$conf" ] && cp "$conf" "$root/etc/apt/apt.conf.d/"; done
git clone --quiet "$top" "$root/root/hive"

commands=$(awk '/^```sh bare$/ {on = 1; next} /^```/ {on = 0} on' "$top/README.md")
[ -n "$commands" ] || { echo "README.md has no block marked 'sh bare'"; exit 1; }
echo "$commands"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 \
  http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" \
  chroot "$root" /bin/bash -eux -c "cd /root/hive; $commands"
echo "every command of the README succeeded in a bare $suite"
