#include "core/link/row_text.hpp"

#include <algorithm>
#include <limits>

namespace hive::link {

namespace {

json::array texts(const std::vector<std::string>& all) {
  return json::array(all.begin(), all.end());
}

std::vector<std::string> texts_in(json::node from, std::size_t most) {
  std::vector<std::string> out;
  for (const auto& one : from.elements())
    if (const auto text = one.string(); text && out.size() <= most) out.emplace_back(*text);
  return out;
}

template <class Number>
Number number_in(json::node from) {
  const auto most = std::uint64_t{std::numeric_limits<Number>::max()};
  return static_cast<Number>(std::min(from.natural().value_or(0), most));
}

} // namespace

json::value to_json(const cluster::member_row& row) {
  const auto& who = *row.who;
  json::object out;
  out["id"] = who.id.value;
  out["name"] = who.name;
  out["addresses"] = texts(who.addresses);
  out["labels"] = texts(who.labels);
  out["oldest"] = who.protocol.oldest;
  out["newest"] = who.protocol.newest;
  out["boot"] = who.boot;
  out["incarnation"] = row.incarnation;
  out["version"] = row.version;
  out["life"] = static_cast<unsigned>(row.life);
  out["draining"] = row.draining;
  out["disk_class"] = row.disk_class;
  out["changed"] = row.changed.time_since_epoch().count();
  return out;
}

result<cluster::row_ptr> row_from(json::node from) {
  if (!from.is_object()) return fail(errc::bad_request, "a member's row is missing");
  cluster::profile who;
  who.id.value = from["id"].text();
  who.name = from["name"].text();
  who.addresses = texts_in(from["addresses"], cluster::max_addresses);
  who.labels = texts_in(from["labels"], cluster::max_labels);
  who.protocol.oldest = number_in<std::uint16_t>(from["oldest"]);
  who.protocol.newest = number_in<std::uint16_t>(from["newest"]);
  who.boot = from["boot"].natural().value_or(0);
  cluster::member_row row;
  row.who = std::make_shared<const cluster::profile>(std::move(who));
  row.incarnation = from["incarnation"].natural().value_or(0);
  row.version = number_in<std::uint32_t>(from["version"]);
  row.life = static_cast<cluster::lifecycle>(number_in<std::uint8_t>(from["life"]));
  row.draining = from["draining"].boolean().value_or(false);
  row.disk_class = number_in<std::uint8_t>(from["disk_class"]);
  row.changed = wall_time{std::chrono::milliseconds{from["changed"].integer().value_or(0)}};
  HIVE_CHECK(cluster::check(row));
  return cluster::sealed(std::move(row));
}

} // namespace hive::link
