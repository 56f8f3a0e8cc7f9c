# Sourced by ./run and ./check: installs what is missing, once, from the distribution's packages.
# want build    what compiling needs
# want check    what the checks need besides

boost_package() {
  # Beast and Boost.JSON as of 1.81; Debian 12's default Boost is older.
  if apt-cache show libboost1.81-dev >/dev/null 2>&1; then echo libboost1.81-dev; else echo libboost-dev; fi
}

browser_package() {
  # What is not a package of the distribution's own (Ubuntu has a snap) is left out, and the page's tests with it.
  apt-cache policy chromium 2>/dev/null | grep -q 'Candidate: [0-9]' && echo chromium
  return 0
}

packages_for() {
  case $1 in
    build)
      echo g++ cmake ninja-build ccache mold patch git ca-certificates "$(boost_package)" libcurl4-openssl-dev \
        libssl-dev libsqlite3-dev libsimdjson-dev libspdlog-dev libexpected-dev libtomlplusplus-dev libcli11-dev libpugixml-dev libncurses-dev nodejs npm ;;
    check)
      echo catch2 clang-format clang-tidy nginx-light "$(browser_package)" curl openssl squid docker-registry skopeo openssh-client \
        tmux prometheus ;;
  esac
}

missing_of() {
  for package in "$@"; do
    case $package in
      # npm and Node.js may come from elsewhere than the distribution.
      npm | nodejs) command -v "$(echo "$package" | sed s/nodejs/node/)" >/dev/null && continue ;;
    esac
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
  done
}

want() {
  if ! command -v apt-get >/dev/null; then
    echo "hive: no apt-get here; install the equivalents of: $(packages_for "$1")" >&2
    return 0
  fi
  # shellcheck disable=SC2046
  missing=$(missing_of $(packages_for "$1"))
  [ -z "$missing" ] && return 0
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "hive: run once as root, or install: $missing" >&2; return 1; }
    as_root=sudo
  fi
  echo "hive: installing $missing" >&2
  $as_root apt-get -qq update >&2
  # The list again: before the update apt may not have known which Boost there is.
  missing=$(missing_of $(packages_for "$1"))
  # Servers that tests start themselves must not start as services of the machine.
  policy=/usr/sbin/policy-rc.d
  quiet=
  [ -e $policy ] || { quiet=yes; printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null; $as_root chmod 755 $policy; }
  status=0
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $missing >&2 || status=$?
  [ -z "$quiet" ] || $as_root rm -f $policy
  return $status
}
