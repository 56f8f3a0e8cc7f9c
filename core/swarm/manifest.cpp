#include "core/swarm/manifest.hpp"

#include "core/base/ascii.hpp"
#include "core/swarm/octets.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace hive::swarm {

namespace {

constexpr std::string_view mark = "hvm1";
constexpr std::size_t longest_key = 128;

bool is_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_key &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

failure unreadable(std::string what) {
  return fail(errc::bad_request, "a piece manifest " + std::move(what),
              "ask another node for it; update the one that sent this");
}

} // namespace

manifest::manifest(std::string content, piece_grid grid)
  : content_(std::move(content)), grid_(grid), known_(grid.count()) {}

result<manifest> manifest::of(std::string content, std::uint64_t size) {
  if (!is_key(content)) return unreadable("is for a content without a usable key");
  HIVE_TRY(const auto grid, piece_grid::of(size));
  return manifest{std::move(content), grid};
}

bool manifest::matches(const piece_claim& what) const {
  return known_.has(what.piece) && hashes_[what.piece] == what.hash;
}

outcome manifest::claim(const piece_claim& what) {
  if (what.piece >= grid_.count())
    return unreadable("claims piece " + std::to_string(what.piece) + " of " +
                      std::to_string(grid_.count()));
  if (known_.has(what.piece)) {
    if (hashes_[what.piece] == what.hash) return {};
    return fail(errc::conflict,
                "two hashes are claimed for piece " + std::to_string(what.piece) + " of " +
                    content_,
                "the digest of the whole content decides");
  }
  hashes_.resize(grid_.count());
  hashes_[what.piece] = what.hash;
  known_.add(what.piece);
  return {};
}

outcome manifest::correct(const piece_claim& what) {
  if (state_ != manifest_state::confirmed && known_.remove(what.piece))
    state_ = manifest_state::provisional;
  return claim(what);
}

std::vector<piece_claim> manifest::claims() const {
  std::vector<piece_claim> out;
  out.reserve(known_.held());
  for (const auto piece : known_.pieces()) out.push_back({piece, hashes_[piece]});
  return out;
}

void manifest::settle(bool right) {
  if (known_.full()) state_ = right ? manifest_state::confirmed : manifest_state::refuted;
}

void manifest::start_over() {
  known_ = have_map{grid_.count()};
  hashes_.clear();
  state_ = manifest_state::provisional;
}

std::string encode(const manifest& m) {
  std::string out{mark};
  const auto map = encode(m.known());
  put_number(out, m.content().size(), 1);
  out += m.content();
  put_number(out, m.grid().size(), 8);
  put_number(out, map.size(), 4);
  out += map;
  out.reserve(out.size() + m.known().held() * sizeof(piece_hash));
  for (const auto piece : m.known().pieces()) {
    const auto& hash = m.claimed(piece);
    out.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  }
  return out;
}

result<manifest> decode_manifest(std::string_view bytes) {
  if (take(bytes, mark.size()) != mark) return unreadable("does not begin like one");
  const auto key = take(bytes, take_number(bytes, 1).value_or(0));
  const auto size = take_number(bytes, 8);
  if (!key || !size) return unreadable("ends in its first fields");
  HIVE_TRY(auto made, manifest::of(std::string{*key}, *size));
  const auto map = take(bytes, take_number(bytes, 4).value_or(0));
  if (!map) return unreadable("ends in its map of pieces");
  HIVE_TRY(const auto known, decode_have_map(*map, made.grid().count()));
  if (bytes.size() != known.held() * sizeof(piece_hash))
    return unreadable("has " + std::to_string(bytes.size()) + " bytes of hashes for " +
                      std::to_string(known.held()) + " pieces");
  for (const auto piece : known.pieces()) {
    piece_claim claim{piece, {}};
    std::memcpy(claim.hash.data(), bytes.data(), claim.hash.size());
    bytes.remove_prefix(claim.hash.size());
    HIVE_CHECK(made.claim(claim));
  }
  return made;
}

} // namespace hive::swarm
