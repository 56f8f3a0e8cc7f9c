#include "core/cluster/message.hpp"

#include <algorithm>

namespace hive::cluster {

namespace {

constexpr std::size_t frame_bytes = 16;
constexpr std::size_t number_bytes = 8;
constexpr std::size_t length_bytes = 2;

std::size_t text_bytes(std::string_view text) noexcept {
  return length_bytes + text.size();
}

std::size_t wire_bytes(const member_row& row) noexcept {
  const auto& p = *row.who;
  std::size_t sum = text_bytes(p.id.value) + text_bytes(p.name) + number_bytes + 4;
  for (const auto& one : p.addresses) sum += text_bytes(one);
  for (const auto& one : p.labels) sum += text_bytes(one);
  sum += 2 * length_bytes;
  sum += number_bytes + 4 + 3 + number_bytes + 1;
  for (const auto& s : row.sightings) sum += text_bytes(s.observer.value) + 2 + number_bytes;
  return sum;
}

std::size_t wire_bytes(const std::vector<row_ptr>& all) noexcept {
  std::size_t sum = length_bytes;
  for (const auto& one : all) sum += wire_bytes(*one);
  return sum;
}

std::size_t wire_bytes(const word& told) noexcept {
  return wire_bytes(told.news) + wire_bytes(told.hearsay);
}

outcome check(const std::vector<row_ptr>& all) {
  if (all.size() > max_rows) return fail(errc::bad_request, "a message has too many rows");
  for (const auto& one : all) {
    if (!one) return fail(errc::bad_request, "a message has an empty row");
    HIVE_CHECK(check(*one));
  }
  return {};
}

outcome check(const word& told) {
  if (told.news.size() + told.hearsay.size() > max_rows)
    return fail(errc::bad_request, "a message has too many rows");
  HIVE_CHECK(check(told.news));
  return check(told.hearsay);
}

outcome check(const node_id& id) {
  if (id.empty() || id.value.size() > max_id_length)
    return fail(errc::bad_request, "a message names no member");
  return {};
}

struct bound_check {
  outcome operator()(const ping& m) const { return check(m.told); }
  outcome operator()(const ack& m) const { return check(m.told); }
  outcome operator()(const gossip& m) const { return check(m.told); }
  outcome operator()(const probe& m) const { return check(m.target); }
  outcome operator()(const probe_answer& m) const { return check(m.target); }
  outcome operator()(const sync& m) const { return check(std::vector{m.self}); }
  outcome operator()(const sync_rows& m) const { return check(m.all); }
};

struct size_of {
  std::size_t operator()(const ping& m) const noexcept { return wire_bytes(m.told); }
  std::size_t operator()(const ack& m) const noexcept { return wire_bytes(m.told); }
  std::size_t operator()(const gossip& m) const noexcept { return wire_bytes(m.told); }
  std::size_t operator()(const probe& m) const noexcept { return text_bytes(m.target.value); }
  std::size_t operator()(const probe_answer& m) const noexcept {
    return text_bytes(m.target.value);
  }
  std::size_t operator()(const sync& m) const noexcept {
    return wire_bytes(*m.self) + buckets * number_bytes;
  }
  std::size_t operator()(const sync_rows& m) const noexcept {
    return number_bytes + 1 + wire_bytes(m.all);
  }
};

} // namespace

outcome check(const message& m) {
  return std::visit(bound_check{}, m);
}

std::size_t wire_bytes(const message& m) noexcept {
  return frame_bytes + std::visit(size_of{}, m);
}

} // namespace hive::cluster
