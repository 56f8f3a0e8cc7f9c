#!/bin/bash
# Who may include whom: apps -> actors -> vendors -> core; within core, only downwards in the order below.
# Also: every room has its sign (README.md, 8 lines at most), libraries stay where they belong, tests do
# not sleep.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
complain() { echo "$1"; bad=1; }

# refuse ROOM PATTERN WHY: no file of ROOM includes what matches PATTERN.
refuse() {
  local found
  found=$(grep -rnE "^ *# *include +[<\"]($2)" "$1" --include='*.hpp' --include='*.cpp' 2>/dev/null)
  [ -z "$found" ] || complain "$3:"$'\n'"$found"
}

refuse core 'vendors/|actors/|apps/|tests/' 'core looks up'
refuse vendors 'actors/|apps/|tests/' 'vendors look up'
refuse actors 'apps/|tests/' 'actors look up'
refuse apps 'tests/' 'apps look into tests'
refuse core/base 'core/(limits|artifact|job|machine|model|config|net|store|build|transfer)/' 'core/base looks up'
refuse core/cluster 'core/(sim|limits|artifact|job|machine|model|config|net|store|build|transfer)/' 'core/cluster looks up'
refuse core/sim 'core/(limits|artifact|job|machine|model|config|net|store|build|transfer)/' 'core/sim looks aside'
refuse core/limits 'core/(artifact|job|machine|model|config|net|store|build|transfer)/' 'core/limits looks up'
refuse core/artifact 'core/(job|machine|model|config|net|store|build|transfer)/' 'core/artifact looks up'
refuse core/job 'core/(machine|model|config|net|store|build|transfer)/' 'core/job looks up'
refuse core/machine 'core/(limits|artifact|job|model|config|net|store|build|transfer)/' 'core/machine looks aside'
refuse core/model 'core/(limits|artifact|job|machine|config|net|store|build|transfer)/' 'core/model looks aside'
refuse core/config 'core/(artifact|job|machine|model|net|store|build|transfer)/' 'core/config looks aside'
refuse core/net 'core/(artifact|job|machine|model|config|store|build|transfer)/' 'core/net looks aside'
refuse core/store 'core/(machine|config|net|build|transfer)/' 'core/store looks aside'
refuse core/build 'core/(limits|job|machine|model|config|transfer)/' 'core/build looks aside'
refuse core/transfer 'core/(machine|model|config|build|trust|cluster|sim|upload)/' 'core/transfer looks aside'
refuse core/upload 'core/(artifact|job|machine|model|config|net|build|transfer|cluster|sim)/' 'core/upload looks aside'
refuse core/swarm 'core/(limits|artifact|job|machine|model|config|net|store|build|transfer)/' 'core/swarm looks aside'
refuse core/trust 'core/(limits|artifact|machine|model|config|net|build|transfer)/' 'core/trust looks aside'
refuse core/link 'core/(sim|limits|artifact|machine|model|config|net|build|transfer|swarm|upload)/' 'core/link looks aside'
refuse core/discovery 'core/(limits|artifact|machine|model|config|net|build|transfer|cluster|sim|trust|link|swarm|upload)/' 'core/discovery looks aside'
refuse core/trust 'core/(link|cluster)/' 'core/trust looks up'
for room in base limits artifact job machine model config net store build; do
  refuse "core/$room" 'core/(swarm|trust|cluster|sim|link|upload|discovery)/' "core/$room looks aside"
done

refuse core 'caf/|boost/(beast|asio)' 'core knows neither actors nor servers'
refuse vendors 'caf/|boost/(beast|asio)|curl/|thread|sqlite3' 'vendors only talk'
refuse actors 'boost/|curl/|sqlite3|simdjson' 'actors know no JSON, HTTP or SQL'
refuse apps 'caf/(actor|event|typed|send|stateful|all)|sqlite3' 'apps talk to actors through actors/node.hpp'
only_in() { # PATTERN FILE...: a library has one place
  local pattern=$1 found; shift
  found=$(grep -rlE "^ *# *include +[<\"]$pattern" core vendors actors apps | grep -vxF "$(printf '%s\n' "$@")")
  [ -z "$found" ] || complain "$pattern belongs in $*, not in:"$'\n'"$found"
}
only_in 'simdjson' core/base/json.cpp
only_in 'toml\+\+' core/config/file.cpp core/artifact/recipe.cpp
only_in 'spdlog' core/job/log.cpp
only_in 'pugixml' vendors/metalink.cpp
only_in 'curses' apps/hive/full_screen.cpp

for room in core core/*/ vendors actors apps apps/*/ tests docs; do
  room=${room%/}
  if [ ! -f "$room/README.md" ]; then
    complain "$room has no README.md"
  elif [ "$(wc -l <"$room/README.md")" -gt 8 ]; then
    complain "$room/README.md has more than 8 lines"
  fi
done

naps=$(grep -rnE 'sleep_for|sleep_until|usleep\(|[^_]sleep\(' tests --include='*.cpp' --include='*.hpp' |
  grep -vE '^tests/(e2e|bench|support)/')
[ -z "$naps" ] || complain "tests wait on events, they do not sleep:"$'\n'"$naps"

[ "$bad" -eq 0 ] && echo "rooms are in order"
exit "$bad"
