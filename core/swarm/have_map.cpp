#include "core/swarm/have_map.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace hive::swarm {

namespace {

constexpr char as_runs = 'r';
constexpr char as_bits = 'b';

std::string bits_of(const have_map& map) {
  std::string out(1 + (map.count() + 7u) / 8u, '\0');
  out[0] = as_bits;
  for (const auto piece : map.pieces())
    out[1 + piece / 8u] = static_cast<char>(out[1 + piece / 8u] | 1 << (piece % 8u));
  return out;
}

/// Stops when it has become longer than `limit`: the bits are shorter then.
std::string runs_of(const have_map& map, std::size_t limit) {
  std::string out{as_runs};
  bool held = false;
  piece_index begin = 0;
  for (piece_index i = 0; i < map.count() && out.size() <= limit; ++i) {
    if (map.has(i) == held) continue;
    auto length = i - begin;
    for (; length >= 0x80; length >>= 7) out += static_cast<char>((length & 0x7f) | 0x80);
    out += static_cast<char>(length);
    held = !held;
    begin = i;
  }
  return out;
}

/// Takes a number of at most `most` off the front.
std::optional<piece_index> take_varint(std::string_view& bytes, piece_index most) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 28 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    if (value > most) return std::nullopt;
    return static_cast<piece_index>(value);
  }
  return std::nullopt;
}

bool read_runs(std::string_view bytes, have_map& into) {
  bool held = false;
  piece_index at = 0;
  const auto mark = [&](piece_index end) {
    for (; at < end; ++at)
      if (held) into.add(at);
    held = !held;
  };
  while (!bytes.empty()) {
    const auto length = take_varint(bytes, into.count() - at);
    if (!length) return false;
    mark(at + *length);
  }
  mark(into.count());
  return true;
}

bool read_bits(std::string_view bytes, have_map& into) {
  if (bytes.size() != (into.count() + 7u) / 8u) return false;
  for (piece_index i = 0; i < into.count(); ++i)
    if ((static_cast<unsigned char>(bytes[i / 8u]) >> i % 8u & 1) != 0) into.add(i);
  return true;
}

} // namespace

bool have_map::add(piece_index index) noexcept {
  if (index >= count_ || has(index)) return false;
  words_[index / 64u] |= 1ull << index % 64u;
  ++held_;
  return true;
}

bool have_map::remove(piece_index index) noexcept {
  if (!has(index)) return false;
  words_[index / 64u] &= ~(1ull << index % 64u);
  --held_;
  return true;
}

void have_map::add(const have_map& other) noexcept {
  if (other.count_ != count_) return;
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  recount();
}

void have_map::keep_only(const have_map& other) noexcept {
  if (other.count_ != count_) return;
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  recount();
}

void have_map::recount() noexcept {
  held_ = 0;
  for (const auto word : words_) held_ += static_cast<piece_index>(std::popcount(word));
}

piece_index have_map::next_lacking(const have_map& wanted, piece_index from) const noexcept {
  if (from >= count_ || wanted.count_ != count_) return count_;
  auto mask = ~0ull << from % 64u;
  for (std::size_t i = from / 64u; i < words_.size(); ++i, mask = ~0ull)
    if (const auto lacking = wanted.words_[i] & ~words_[i] & mask; lacking != 0)
      return static_cast<piece_index>(i * 64u) +
             static_cast<piece_index>(std::countr_zero(lacking));
  return count_;
}

std::vector<piece_index> have_map::pieces() const {
  std::vector<piece_index> out;
  out.reserve(held_);
  const have_map nothing{count_};
  for (auto i = nothing.next_lacking(*this, 0); i < count_; i = nothing.next_lacking(*this, i + 1))
    out.push_back(i);
  return out;
}

have_map all_pieces(piece_index count) {
  have_map out{count};
  for (piece_index i = 0; i < count; ++i) out.add(i);
  return out;
}

std::string encode(const have_map& map) {
  const auto longest = 1 + (map.count() + 7u) / 8u;
  auto runs = runs_of(map, longest);
  return runs.size() < longest ? runs : bits_of(map);
}

result<have_map> decode_have_map(std::string_view bytes, piece_index count) {
  const auto refused = [&](const std::string& what) {
    return fail(errc::bad_request, "a map of " + std::to_string(count) + " pieces " + what,
                "both nodes must speak of the same content; update the older one");
  };
  if (count > most_pieces) return refused("is larger than any content has");
  if (bytes.empty()) return refused("came empty");
  if (bytes.size() > 1 + (count + 7u) / 8u)
    return refused("came as " + std::to_string(bytes.size()) + " bytes, too many");
  have_map map{count};
  const auto body = bytes.substr(1);
  const bool read = bytes[0] == as_runs   ? read_runs(body, map)
                    : bytes[0] == as_bits ? read_bits(body, map)
                                          : false;
  if (!read) return refused("does not add up");
  // Everything has one spelling only.
  if (encode(map) != bytes) return refused("is not in its shortest form");
  return map;
}

} // namespace hive::swarm
