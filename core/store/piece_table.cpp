#include "core/store/piece_table.hpp"

#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/lines.hpp"

#include <algorithm>
#include <bit>

namespace hive::store {

namespace {

constexpr std::string_view first_line = "hive-pieces 1";
/// Of a content of 2 TiB; a longer file is not read.
constexpr std::size_t table_limit = 4u << 20;
constexpr std::uint64_t largest_checked_piece = 64ull << 20;
constexpr std::uint64_t wanted_count = 1024;

std::uint64_t pieces_of(std::uint64_t size) noexcept {
  const auto piece = checked_piece(size);
  return size / piece + (size % piece == 0 ? 0 : 1);
}

} // namespace

std::uint64_t checked_piece(std::uint64_t size) noexcept {
  const auto even = std::bit_ceil(std::min(size / wanted_count, largest_checked_piece));
  return std::clamp(even, smallest_checked_piece, largest_checked_piece);
}

byte_range piece_table::range(std::size_t index) const noexcept {
  const auto begin = index * piece();
  return {begin, std::min(size, begin + piece())};
}

sha256_state piece_table::before(std::size_t index) const noexcept {
  return index == 0 ? sha256_state::beginning() : borders[index - 1];
}

bool piece_table::ends_right(std::size_t index, sha256_chain& after) const {
  if (after.position() != range(index).end) return false;
  return index < borders.size() ? after.state() == borders[index] : after.finish() == sha256;
}

void border_log::update(sha256_chain& into, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto left = smallest_checked_piece - into.position() % smallest_checked_piece;
    const auto now =
        bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
    into.update(now);
    bytes = bytes.subspan(now.size());
    if (now.size() == left) seen_.push_back(into.state());
  }
}

std::optional<piece_table> border_log::table(const std::string& sha256, std::uint64_t size) const {
  const auto count = pieces_of(size);
  if (count < 2) return std::nullopt;
  piece_table made{sha256, size, {}};
  const auto step = static_cast<std::size_t>(checked_piece(size) / smallest_checked_piece);
  for (std::size_t border = 1; border < count; ++border) {
    if (border * step > seen_.size()) return std::nullopt;
    made.borders.push_back(seen_[border * step - 1]);
  }
  return made;
}

std::string print_piece_table(const piece_table& t) {
  std::string text{first_line};
  text += "\n" + t.sha256 + "\n" + std::to_string(t.size) + "\n" + std::to_string(t.piece()) + "\n";
  for (const auto& state : t.borders) text += to_hex(state) + "\n";
  return sealed(std::move(text));
}

std::optional<piece_table> parse_piece_table(std::string_view text) {
  const auto sound = unsealed(text);
  if (!sound) return std::nullopt;
  auto body = *sound;
  if (take_line(body) != first_line) return std::nullopt;
  const auto sha256 = take_line(body);
  const auto size = take_line(body);
  const auto piece = take_line(body);
  if (!sha256 || !is_hex(*sha256, 64) || !size || !piece) return std::nullopt;
  piece_table read{std::string{*sha256}, ascii::number(*size).value_or(0), {}};
  while (const auto line = take_line(body)) {
    const auto state = sha256_state_from_hex(*line);
    if (!state) return std::nullopt;
    read.borders.push_back(*state);
  }
  if (read.count() != pieces_of(read.size)) return std::nullopt;
  // Everything has one spelling only.
  if (print_piece_table(read) != text) return std::nullopt;
  return read;
}

std::optional<piece_table> load_pieces(const home& where, const std::string& sha256,
                                       std::uint64_t size) {
  if (!is_hex(sha256, 64) || pieces_of(size) < 2) return std::nullopt;
  const auto text = read_text(where.pieces(sha256), table_limit);
  if (!text) return std::nullopt;
  auto read = parse_piece_table(*text);
  if (!read || read->sha256 != sha256 || read->size != size) return std::nullopt;
  return read;
}

outcome keep_pieces(const home& where, const piece_table& t) {
  const auto file = where.pieces(t.sha256);
  HIVE_CHECK(make_folders(file.parent_path()));
  return replace_file(file, print_piece_table(t), 0444);
}

} // namespace hive::store
