#include "core/swarm/word.hpp"

#include "core/swarm/octets.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hive::swarm {

namespace {

constexpr std::size_t longest_key = 128;
constexpr std::size_t longest_owner = 64;

enum class kind : std::uint16_t {
  takes_part = 1,
  leaves,
  lease,
  holds_pieces,
  holds_more,
  offers_piece,
  claims_pieces,
  asks_union,
  keeps_waiting,
};

failure unreadable(const char* what) {
  return fail(errc::bad_request, std::string{"a peer's word about a content "} + what,
              "update the node that sent it");
}

void put(std::string& out, const piece_claim& what) {
  put_number(out, what.piece, 4);
  out.append(reinterpret_cast<const char*>(what.hash.data()), what.hash.size());
}
void put(std::string& out, const std::vector<piece_index>& pieces) {
  for (const auto piece : pieces) put_number(out, piece, 4);
}

void put(std::string& out, const takes_part& what) {
  put_number(out, (what.ready ? 1u : 0u) | (what.asks ? 2u : 0u), 1);
}
void put(std::string&, const asks_union&) {}
void put(std::string& out, const lease& what) {
  put_number(out, what.epoch, 8);
  put_number(out, static_cast<std::uint64_t>(what.state), 1);
  put_number(out, what.progress, 8);
  put_number(out, what.renewals, 8);
  out += what.owner.value;
}
void put(std::string& out, const holds_pieces& what) {
  put_number(out, what.answer ? 1 : 0, 1);
  out += what.map;
}
void put(std::string& out, const holds_more& what) {
  put(out, what.pieces);
}
void put(std::string& out, const offers_piece& what) {
  put(out, what.what);
}
void put(std::string& out, const claims_pieces& what) {
  put_number(out, what.epoch, 8);
  for (const auto& claim : what.claims) put(out, claim);
}
void put(std::string& out, const keeps_waiting& what) {
  put(out, what.pieces);
}

std::optional<piece_claim> take_claim(std::string_view& from) {
  const auto piece = take_number(from, 4);
  const auto hash = take(from, sizeof(piece_hash));
  if (!piece || !hash) return std::nullopt;
  piece_claim out{static_cast<piece_index>(*piece), {}};
  std::memcpy(out.hash.data(), hash->data(), hash->size());
  return out;
}

std::optional<std::vector<piece_index>> take_pieces(std::string_view& from) {
  if (from.size() % 4 != 0) return std::nullopt;
  std::vector<piece_index> out;
  out.reserve(from.size() / 4);
  while (const auto piece = take_number(from, 4)) out.push_back(static_cast<piece_index>(*piece));
  return out;
}

std::optional<saying> read_lease(std::string_view& from) {
  lease out;
  const auto epoch = take_number(from, 8);
  const auto state = take_number(from, 1);
  const auto progress = take_number(from, 8);
  const auto renewals = take_number(from, 8);
  if (!renewals || *state > static_cast<std::uint64_t>(lease_state::done)) return std::nullopt;
  if (from.size() > longest_owner) return std::nullopt;
  out = {*epoch, node_id{std::string{from}}, static_cast<lease_state>(*state), *progress,
         *renewals};
  from = {};
  return note{std::move(out)};
}

std::optional<saying> read_claims(std::string_view& from) {
  claims_pieces out;
  const auto epoch = take_number(from, 8);
  if (!epoch) return std::nullopt;
  out.epoch = *epoch;
  while (!from.empty()) {
    auto claim = take_claim(from);
    if (!claim) return std::nullopt;
    out.claims.push_back(*claim);
  }
  return note{std::move(out)};
}

std::optional<saying> read_part(std::string_view& from) {
  const auto flags = take_number(from, 1);
  if (!flags || *flags > 3) return std::nullopt;
  return takes_part{(*flags & 1) != 0, (*flags & 2) != 0};
}

std::optional<saying> read_map(std::string_view& from) {
  const auto answer = take_number(from, 1);
  if (!answer || *answer > 1) return std::nullopt;
  return note{holds_pieces{std::string{std::exchange(from, {})}, *answer == 1}};
}

std::optional<saying> read_pieces(kind what, std::string_view& from) {
  auto pieces = take_pieces(from);
  if (!pieces) return std::nullopt;
  if (what == kind::holds_more) return note{holds_more{std::move(*pieces)}};
  return note{keeps_waiting{std::move(*pieces)}};
}

std::optional<saying> read(kind what, std::string_view& from) {
  switch (what) {
  case kind::takes_part: return read_part(from);
  case kind::leaves: return leaves{};
  case kind::lease: return read_lease(from);
  case kind::holds_pieces: return read_map(from);
  case kind::holds_more:
  case kind::keeps_waiting: return read_pieces(what, from);
  case kind::offers_piece: {
    const auto claim = take_claim(from);
    if (!claim) return std::nullopt;
    return note{offers_piece{*claim}};
  }
  case kind::claims_pieces: return read_claims(from);
  case kind::asks_union: return note{asks_union{}};
  }
  return std::nullopt;
}

} // namespace

std::uint16_t kind_of(const saying& what) noexcept {
  if (const auto* said = std::get_if<note>(&what))
    return static_cast<std::uint16_t>(static_cast<std::size_t>(kind::lease) + said->index());
  return static_cast<std::uint16_t>(1 + what.index());
}

std::string encode(const word& what) {
  std::string out;
  put_number(out, what.content.size(), 1);
  out += what.content;
  put_number(out, what.size, 8);
  if (const auto* said = std::get_if<note>(&what.what))
    std::visit([&](const auto& one) { put(out, one); }, *said);
  else if (const auto* part = std::get_if<takes_part>(&what.what))
    put(out, *part);
  return out;
}

result<word> decode_word(std::uint16_t kind, std::string_view bytes) {
  const auto key = take(bytes, take_number(bytes, 1).value_or(0));
  const auto size = take_number(bytes, 8);
  if (!key || !size || key->empty() || key->size() > longest_key)
    return unreadable("ends in its first fields");
  auto said = read(static_cast<swarm::kind>(kind), bytes);
  if (!said || !bytes.empty()) return unreadable("does not add up");
  return word{std::string{*key}, *size, std::move(*said)};
}

} // namespace hive::swarm
