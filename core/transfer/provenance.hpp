#pragma once
/// From which address each byte of a file came, for the case that it was wrong. Pure.

#include "core/base/range_set.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace hive::transfer {

class provenance {
 public:
  /// Addresses beyond this many are counted as one.
  static constexpr std::size_t most_servers = 8;

  /// The latest word on a range counts. No address: a file of this machine.
  void note(byte_range range, const std::string& address);
  /// "127.0.0.1:8080 (bytes 0-41943039)", one per address that sent any of `where`.
  std::string of(const range_set& where) const;

 private:
  std::vector<std::pair<std::string, range_set>> servers_;
};

/// "0-8388607, 16777216-25165823": first and last byte of each range, of many the first few.
std::string byte_list(const range_set& ranges);

} // namespace hive::transfer
