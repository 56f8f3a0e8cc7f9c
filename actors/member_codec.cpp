#include "actors/member_codec.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

row_words to_words(const cluster::row_ptr& row) {
  return {*row->who,     row->incarnation, row->version, static_cast<std::uint8_t>(row->life),
          row->draining, row->disk_class,  row->changed, row->sightings};
}

std::vector<row_words> to_words(const std::vector<cluster::row_ptr>& rows) {
  std::vector<row_words> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(to_words(row));
  return out;
}

result<cluster::row_ptr> row_of(const row_words& from) {
  cluster::member_row row;
  row.who = std::make_shared<const cluster::profile>(from.who);
  row.incarnation = from.incarnation;
  row.version = from.version;
  row.life = static_cast<cluster::lifecycle>(from.life);
  row.draining = from.draining;
  row.disk_class = from.disk_class;
  row.changed = from.changed;
  row.sightings = from.sightings;
  HIVE_CHECK(cluster::check(row));
  return cluster::sealed(std::move(row));
}

result<std::vector<cluster::row_ptr>> rows_of(const std::vector<row_words>& from) {
  if (from.size() > cluster::max_rows) return fail(errc::bad_request, "too many rows");
  std::vector<cluster::row_ptr> out;
  out.reserve(from.size());
  for (const auto& one : from) {
    HIVE_TRY(auto row, row_of(one));
    out.push_back(std::move(row));
  }
  return out;
}

result<cluster::word> word_of(const member_words& from) {
  cluster::word out;
  HIVE_TRY(out.news, rows_of(from.news));
  HIVE_TRY(out.hearsay, rows_of(from.hearsay));
  return out;
}

template <class Message>
result<cluster::message> told(const member_words& from) {
  HIVE_TRY(auto word, word_of(from));
  return cluster::message{Message{std::move(word)}};
}

result<cluster::message> sync_of(const member_words& from) {
  if (!from.self || from.sums.size() != cluster::buckets)
    return fail(errc::bad_request, "a comparison without its sums");
  cluster::sync out;
  HIVE_TRY(out.self, row_of(*from.self));
  std::ranges::copy(from.sums, out.sums.begin());
  return cluster::message{std::move(out)};
}

struct writer {
  member_words out;

  void put(const cluster::word& told) {
    out.news = to_words(told.news);
    out.hearsay = to_words(told.hearsay);
  }
  void operator()(const cluster::ping& m) { put(m.told); }
  void operator()(const cluster::ack& m) { put(m.told); }
  void operator()(const cluster::gossip& m) { put(m.told); }
  void operator()(const cluster::probe& m) { out.target = m.target; }
  void operator()(const cluster::probe_answer& m) { out.target = m.target; }
  void operator()(const cluster::sync& m) {
    out.self = to_words(m.self);
    out.sums.assign(m.sums.begin(), m.sums.end());
  }
  void operator()(const cluster::sync_rows& m) {
    out.mask = m.mask;
    out.answer = m.answer;
    out.news = to_words(m.all);
  }
};

} // namespace

member_words to_words(const cluster::message& what) {
  writer by;
  by.out.kind = static_cast<std::uint8_t>(what.index());
  std::visit([&](const auto& m) { by(m); }, what);
  return std::move(by.out);
}

result<cluster::message> from_words(const member_words& words) {
  const auto made = [&]() -> result<cluster::message> {
    switch (words.kind) {
    case 0: return told<cluster::ping>(words);
    case 1: return told<cluster::ack>(words);
    case 2: return told<cluster::gossip>(words);
    case 3: return cluster::message{cluster::probe{words.target}};
    case 4: return cluster::message{cluster::probe_answer{words.target}};
    case 5: return sync_of(words);
    case 6: break;
    default: return fail(errc::bad_request, "a message of an unknown kind");
    }
    HIVE_TRY(auto rows, rows_of(words.news));
    return cluster::message{cluster::sync_rows{words.mask, words.answer, std::move(rows)}};
  }();
  if (!made) return made;
  HIVE_CHECK(cluster::check(*made));
  return made;
}

} // namespace hive::actors
