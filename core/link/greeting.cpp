#include "core/link/greeting.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"
#include "core/link/row_text.hpp"
#include "core/trust/join_message.hpp"

#include <limits>

namespace hive::link {

namespace {

constexpr std::size_t longest_sentence = 512;
constexpr std::size_t longest_version = 64;
constexpr std::size_t deepest = 8;

std::string line_in(json::node from, std::size_t longest) {
  const std::string text{from.string().value_or("")};
  return text.size() <= longest && !ascii::has_control(text) ? text : std::string{};
}

cluster::cause cause_in(json::node from) {
  const auto number = from.natural().value_or(0);
  return number <= static_cast<std::uint64_t>(cluster::cause::asked)
             ? static_cast<cluster::cause>(number)
             : cluster::cause::none;
}

json::object object_of(const greeting& what) {
  json::object out;
  out["cluster"] = what.said.cluster;
  out["clock"] = what.said.clock.time_since_epoch().count();
  out["version"] = what.version;
  out["self"] = to_json(*what.said.self);
  return out;
}

json::object object_of(const agreed& what) {
  return {{"agreed", what.protocol}};
}

json::object object_of(const refusal& what) {
  return {{"refused", static_cast<unsigned>(what.why)},
          {"sentence", to_utf8(what.sentence.substr(0, longest_sentence))}};
}

} // namespace

std::string encode(const words& what) {
  return trust::framed(json::text(std::visit([](const auto& w) { return object_of(w); }, what)));
}

result<words> decode(std::string_view text) {
  const auto read = json::parse(text, deepest);
  if (!read) return fail(errc::bad_request, "the greeting is no JSON");
  const auto root = read->root();
  if (const auto protocol = root["agreed"].natural()) {
    if (*protocol > std::numeric_limits<std::uint16_t>::max())
      return fail(errc::bad_request, "the greeting agrees on an impossible version");
    return words{agreed{static_cast<std::uint16_t>(*protocol)}};
  }
  if (root["refused"].natural())
    return words{refusal{cause_in(root["refused"]), line_in(root["sentence"], longest_sentence)}};
  greeting out;
  out.said.cluster = line_in(root["cluster"], cluster::max_cluster_length);
  out.said.clock = wall_time{std::chrono::milliseconds{root["clock"].integer().value_or(0)}};
  out.version = line_in(root["version"], longest_version);
  HIVE_TRY(out.said.self, row_from(root["self"]));
  return words{std::move(out)};
}

} // namespace hive::link
