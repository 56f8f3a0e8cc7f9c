// What peers tell, and what they are told.
#include "core/swarm/share.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hive::swarm {

namespace {

constexpr std::size_t most_waiting = 64;

} // namespace

/// What any note has to be before it changes anything.
outcome share::check(const note& what) const {
  const auto count = reader_.words().grid().count();
  const auto refused = [](std::string human) -> outcome {
    return fail(errc::bad_request, std::move(human), "update the node that sent it");
  };
  const auto in_grid = [&](const auto& pieces, const auto& index) {
    return std::all_of(pieces.begin(), pieces.end(),
                       [&](const auto& p) { return index(p) < count; });
  };
  const auto itself = [](piece_index p) { return p; };
  if (const auto* more = std::get_if<holds_more>(&what))
    if (more->pieces.size() > count || !in_grid(more->pieces, itself))
      return refused("a peer tells of pieces the content does not have");
  if (const auto* offer = std::get_if<offers_piece>(&what); offer && offer->what.piece >= count)
    return refused("a peer offers a piece the content does not have");
  if (const auto* said = std::get_if<claims_pieces>(&what))
    if (said->claims.size() > policy_.claims_per_note ||
        !in_grid(said->claims, [](const piece_claim& c) { return c.piece; }))
      return refused("a peer claims " + std::to_string(said->claims.size()) +
                     " hashes at once, or for pieces the content does not have");
  if (const auto* wait = std::get_if<keeps_waiting>(&what))
    if (wait->pieces.size() > most_waiting || !in_grid(wait->pieces, itself))
      return refused("a peer tells of requests nobody made");
  if (const auto* held = std::get_if<holds_pieces>(&what))
    HIVE_CHECK(decode_have_map(held->map, count));
  return {};
}

result<actions> share::hear(const node_id& from, const note& what, time_point now) {
  if (from == setup_.self || !participants_.contains(from))
    return fail(errc::not_found, "node " + from.value + " takes no part in " + setup_.content,
                "wait until its membership has spread");
  HIVE_CHECK(check(what));
  HIVE_TRY(auto out,
           std::visit([&](const auto& word) { return hear_note(from, word, now); }, what));
  return go_on(std::move(out), now);
}

result<actions> share::hear_note(const node_id&, const lease& what, time_point now) {
  const bool was_mine = keeper_.mine();
  HIVE_TRY(auto out, keeper_.hear(what, now));
  return settle_lease(was_mine, std::move(out), now);
}

result<actions> share::hear_note(const node_id& from, const holds_pieces& what, time_point now) {
  const auto map = decode_have_map(what.map, reader_.words().grid().count());
  if (!map) return map.why();
  reader_.holds(from, *map);
  if (what.answer) fetcher_.answered(from);
  for (const auto piece : fetcher_.hidden().pieces())
    if (map->has(piece)) fetcher_.passed_on(piece, now);
  return actions{};
}

result<actions> share::hear_note(const node_id& from, const holds_more& what, time_point now) {
  for (const auto piece : what.pieces) {
    reader_.holds(from, piece);
    fetcher_.passed_on(piece, now);
  }
  return actions{};
}

result<actions> share::hear_note(const node_id& from, const offers_piece& what, time_point now) {
  if (!keeper_.owned_by(from)) return actions{};
  auto out = reader_.claim(from, what.what, now);
  append(out, reader_.offered(from, what.what.piece, now));
  return out;
}

/// The owner's word stands in its epoch. One that has just become the owner takes anybody's for
/// what it has not heard of: the digest of the whole decides in the end.
result<actions> share::hear_note(const node_id& from, const claims_pieces& what, time_point now) {
  actions out;
  const bool owners = keeper_.owned_by(from) && keeper_.now().epoch == what.epoch;
  const bool collects = keeper_.mine() && !distrusts_others_;
  if (!owners && !collects) return out;
  for (const auto& claim : what.claims) {
    const bool news = !reader_.words().known().has(claim.piece);
    if (!owners && !news) continue;
    append(out, reader_.claim(from, claim, now));
    if (collects && news) fresh_claims_.push_back(claim);
  }
  return out;
}

result<actions> share::hear_note(const node_id& from, const asks_union&, time_point now) {
  const auto [last, first] = answered_at_.try_emplace(from, now);
  if (!first && now - last->second < policy_.answers) return actions{};
  last->second = now;
  actions out;
  // What was found here and nobody has claimed yet is known, too: whoever asks may claim it.
  auto known = reader_.words().claims();
  for (const auto& found : reader_.unclaimed()) known.push_back(found);
  tell_claims({from}, known, out);
  out.push_back(tell{{from}, holds_pieces{encode(told_openly()), true}});
  return out;
}

result<actions> share::hear_note(const node_id& from, const keeps_waiting& what, time_point now) {
  for (const auto piece : what.pieces) reader_.waits(from, piece, now);
  return actions{};
}

void share::tell_claims(const std::vector<node_id>& to, const std::vector<piece_claim>& claims,
                        actions& out) const {
  if (to.empty()) return;
  for (std::size_t begin = 0; begin < claims.size(); begin += policy_.claims_per_note) {
    const auto end = std::min(claims.size(), begin + policy_.claims_per_note);
    out.push_back(tell{to, claims_pieces{keeper_.now().epoch,
                                         {claims.begin() + static_cast<std::ptrdiff_t>(begin),
                                          claims.begin() + static_cast<std::ptrdiff_t>(end)}}});
  }
}

/// Claims to everybody, what is held to neighbours.
void share::tell_news(time_point now, actions& out) {
  told_at_ = now;
  if (keeper_.owned_by(setup_.self)) tell_claims(others(), fresh_claims_, out);
  fresh_claims_.clear();
  const auto open = told_openly();
  if (now - reminded_at_ >= policy_.reminder) {
    reminded_at_ = now;
    told_ = open;
    if (!neighbours_.empty()) out.push_back(tell{neighbours_, holds_pieces{encode(open)}});
    return;
  }
  holds_more news;
  for (auto i = told_.next_lacking(open, 0); i < open.count(); i = told_.next_lacking(open, i + 1))
    news.pieces.push_back(i);
  told_ = open;
  if (!news.pieces.empty() && !neighbours_.empty())
    out.push_back(tell{neighbours_, std::move(news)});
}

} // namespace hive::swarm
