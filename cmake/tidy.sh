#!/bin/bash
# clang-tidy over our own sources with the short list of .clang-tidy; every finding is fatal.
set -u
cd "$(dirname "$0")/.." || exit 1
git ls-files -co --exclude-standard 'core/*.cpp' 'vendors/*.cpp' 'actors/*.cpp' 'apps/*.cpp' |
  xargs -P 2 -n 4 clang-tidy --quiet -p build/dev 2>&1 | grep -v 'warnings generated\|Suppressed\|Use -header-filter' >build/tidy.out
grep -E 'error:|warning:' build/tidy.out | sort -u
! grep -qE 'error:|warning:' build/tidy.out
