#!/bin/sh
# fetch-caf.sh DEST SHA256: puts CAF's pinned source tarball into DEST and prints its path. Needs no root.
# On Debian and Ubuntu apt's own source download gets it; elsewhere a clone of the release's commit does.
set -eu
version=0.18.7
commit_prefix=2645e5a8
sha256=$2
dest=$(mkdir -p "$1" && cd "$1" && pwd)
tarball=$dest/actor-framework_$version.orig.tar.gz

is_right() { [ -f "$tarball" ] && echo "$sha256  $tarball" | sha256sum --check --status -; }
is_right && { echo "$tarball"; exit 0; }

# A private apt state: the machine's own sources stay as they are, only its mirrors are reused.
apt_source() {
  state=$dest/apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/sources"
  printf 'Types: deb-src\nURIs: %s\nSuites: experimental\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
    "$1" > "$state/sources/experimental.sources"
  # A mirror of the suite may be older than its list allows; the pinned digest is what counts.
  set -- -qq -o Acquire::Check-Valid-Until=false -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$state/sources" \
    -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" \
    -o Debug::NoLocking=1 -o "APT::Sandbox::User=$(id -un)"
  apt-get "$@" update >&2 &&
    (cd "$dest" && apt-get "$@" source --tar-only --download-only "actor-framework=$version-1~exp1" >&2)
}
mirrors=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
  grep -E '/debian/?$' | sort -u || true)
for mirror in $mirrors; do
  apt_source "$mirror" || continue
  is_right && { rm -rf "$dest/apt"; echo "$tarball"; exit 0; }
done

# No Debian mirror: the release's own repository. The commit id is the check; the archive made from it
# is told from the tarball by name, because its bytes differ.
clone=$dest/clone
archive=$dest/actor-framework_$version.git.tar.gz
rm -rf "$clone"
if git clone --quiet --depth 1 --branch "$version" https://github.com/actor-framework/actor-framework "$clone" >&2; then
  case $(git -C "$clone" rev-parse HEAD) in
    "$commit_prefix"*) ;;
    *) echo "CAF: tag $version is not commit $commit_prefix…; refusing it" >&2; exit 1 ;;
  esac
  git -C "$clone" archive --format=tar.gz --prefix="actor-framework-$version/" -o "$archive" HEAD
  rm -rf "$clone"
  echo "$archive"
  exit 0
fi
echo "CAF $version: neither a Debian source mirror nor its repository gave it." >&2
echo "Download the release elsewhere and pass -DHIVE_CAF_TARBALL=FILE (SHA-256 $sha256)." >&2
exit 1
