#pragma once
/// Files that were cut as bytes, because a host takes none so large: "model.gguf.part1of3",
/// "model.gguf.001". Put together in order they are the file again.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

/// One piece, and how its name is made: `before`, the number, `after`.
struct cut {
  std::string_view whole; ///< what it is a piece of
  std::string_view before;
  std::string_view after;
  std::uint32_t number{0};
  std::uint32_t count{0}; ///< of all pieces; 0: the name does not say
};

/// "X.partNofM", "X.partN", "X.part-aa" (letters), "X.NNN" (three digits). Empty when `path` is
/// none.
std::optional<cut> parse_cut(std::string_view path) noexcept;

/// What was cut among `paths`, and its pieces in order: two at least, numbered from 0 or 1 on
/// without a gap; only where the names tell the count, fewer, for `missing_pieces` to name the
/// others. What also stands there whole is left out.
std::map<std::string, std::vector<std::string>> cut_files(std::span<const std::string> paths);

/// The names of pieces that a set lacks by its own count, a few of them.
std::vector<std::string> missing_pieces(const std::vector<std::string>& pieces);

} // namespace hive
