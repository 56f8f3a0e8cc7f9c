#include "apps/hive/join_search.hpp"

#include <set>
#include <utility>

namespace hive::cli {
namespace {

/// Whether the hive itself says no, rather than one node or the way to it.
bool is_final(const node_answer& got) {
  if (got.what) return true;
  if (!got.authority_shown) return false;
  switch (got.what.why().code) {
  case errc::unreachable:
  case errc::timed_out:
  case errc::tls_failed:
  case errc::connection_cut:
  case errc::overloaded:
  case errc::not_issuer: return false;
  default: return true;
  }
}

} // namespace

std::optional<result<trust::join_grant>> ask_around(const next_heard& next, const ask_at& ask) {
  std::optional<result<trust::join_grant>> out;
  std::set<std::string> asked;
  while (const auto seen = next()) {
    for (const auto& address : seen->addresses) {
      if (asked.size() == most_asked) return out;
      if (!asked.insert(address).second) continue;
      auto got = ask(address);
      if (is_final(got)) return std::move(got.what);
      // A member that lets nobody in says more than a stranger that cannot be reached.
      const bool of_the_hive = got.what.why().code == errc::not_issuer;
      if (!out || of_the_hive) out = std::move(got.what);
    }
  }
  return out;
}

} // namespace hive::cli
