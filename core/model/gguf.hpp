#pragma once
/// The header of a GGUF file (versions 2 and 3, little-endian): its metadata and what its tensors
/// add up to. Pure over a byte source, and total: any bytes give a header or a reason.
///
/// Bounds: 64 MiB of header (the largest vocabularies need about 20), 65,536 entries, arrays nested
/// 4 deep. Texts over 64 KiB and arrays other than up to 1024 whole numbers are passed over; that
/// they are there is kept.

#include "core/base/result.hpp"
#include "core/model/byte_source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hive::model {

struct gguf_array {
  std::uint64_t count{0};
  std::vector<std::int64_t> numbers; ///< when they are whole numbers and at most 1024
  friend bool operator==(const gguf_array&, const gguf_array&) = default;
};

/// Nothing: a text that was too long to keep.
using gguf_value = std::variant<std::monostate, std::uint64_t, std::int64_t, double, bool,
                                std::string, gguf_array>;

struct gguf_header {
  std::uint32_t version{0};
  std::uint64_t tensors{0};                        ///< in this file
  std::uint64_t parameters{0};                     ///< elements of them
  std::map<std::uint32_t, std::uint64_t> elements; ///< the same by ggml's type number
  std::map<std::string, gguf_value, std::less<>> values;

  bool has(std::string_view key) const { return values.contains(key); }
  /// A whole number that is not negative; empty when there is none.
  std::optional<std::uint64_t> natural(std::string_view key) const;
  /// Empty when there is none.
  std::string text(std::string_view key) const;
  const gguf_array* array(std::string_view key) const;
};

/// Of one file of a set.
struct gguf_split {
  std::uint64_t number{0};  ///< from 0
  std::uint64_t count{1};   ///< files of the set
  std::uint64_t tensors{0}; ///< of the whole set; 0: not said
  friend bool operator==(const gguf_split&, const gguf_split&) = default;
};

/// errc::not_the_artifact says what is wrong and where; errc::unsupported: version 1, a later one,
/// big-endian; what the source says when it cannot be read.
result<gguf_header> read_gguf(byte_source& from);

/// Empty for a file that is no part of a set.
std::optional<gguf_split> split_of(const gguf_header& header);

} // namespace hive::model
