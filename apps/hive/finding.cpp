#include "apps/hive/finding.hpp"

#include "core/net/origin.hpp"

#include <string_view>

namespace hive::cli {

node_choice choose_node(const node_clues& clues) noexcept {
  if (!clues.named.empty()) return node_choice::named;
  if (!clues.holder.empty()) return node_choice::holder;
  if (!clues.home_given && !clues.default_answers) return node_choice::ask_default;
  if (!clues.home_given && *clues.default_answers) return node_choice::default_place;
  return clues.may_embed ? node_choice::embed : node_choice::none;
}

bool listens_on_loopback(const std::string& listen) {
  // Port 0, "any free one", is none of a URL's.
  const auto where = net::origin_of("http://" + listen.substr(0, listen.rfind(':')));
  return where && net::is_loopback(*where);
}

std::string local_url(const std::string& listen) {
  const auto colon = listen.rfind(':');
  auto host = listen.substr(0, colon);
  if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
  if (host == "[::]") host = "[::1]";
  return "http://" + host + (colon == listen.npos ? std::string{":7835"} : listen.substr(colon));
}

} // namespace hive::cli
