#pragma once
/// Checking what is stored against its digest, piece by piece (piece_table.hpp), without changing
/// anything. The parts of one content may be checked on different threads; a content without a
/// table is one part, from its first byte to its last.

#include "core/base/range_set.hpp"
#include "core/base/result.hpp"
#include "core/store/direct_reader.hpp"
#include "core/store/home.hpp"
#include "core/store/piece_table.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::store {

/// What was found of one content.
struct blob_finding {
  std::string sha256;
  std::uint64_t size{0};
  bool damaged{false};
  range_set bad;     ///< what is not as it should be, to the piece; of [0, size)
  bool gone{false};  ///< neither blob nor anything set aside
  bool known{false}; ///< what is not bad is known to be right
};

/// A part of a content, checked in steps. One thread at a time; movable between steps.
class audit_part {
 public:
  /// Pieces [first, last) of the file by its table.
  audit_part(std::filesystem::path file, std::shared_ptr<const piece_table> table,
             std::size_t first, std::size_t last);
  /// All of a file that has no table.
  audit_part(std::filesystem::path file, std::string sha256, std::uint64_t size);

  /// Reads and checks the next few MiB; false when it has come to its end. What cannot be read is
  /// bad: a disk that fails is a way for bytes to be damaged.
  bool step();
  /// Bytes looked at, or given up.
  std::uint64_t checked() const noexcept { return checked_; }
  /// Bytes of pieces that are right; without a table those read so far.
  std::uint64_t right() const noexcept { return right_; }
  bool by_table() const noexcept { return table_ != nullptr; }
  bool damaged() const noexcept { return damaged_; }
  const range_set& bad() const noexcept { return bad_; }
  /// Of a content that had none and came out right.
  const std::optional<piece_table>& learnt() const noexcept { return learnt_; }

 private:
  byte_range piece() const noexcept;
  void begin_piece();
  bool read_on();
  bool ends_right();

  std::filesystem::path file_;
  std::shared_ptr<const piece_table> table_;
  std::string sha256_;
  std::uint64_t size_;
  std::size_t next_;
  std::size_t last_;
  std::optional<direct_reader> reader_;
  sha256_chain chain_;
  border_log borders_;
  std::uint64_t checked_{0};
  std::uint64_t right_{0};
  bool damaged_{false};
  range_set bad_;
  std::optional<piece_table> learnt_;
};

/// Where a content's bytes lie: its blob, or what was set aside of it; empty when neither is there.
std::filesystem::path bytes_of(const home& where, const std::string& sha256);

/// The parts of one content, each at least `least` bytes long as far as it has so many. Empty when
/// nothing of it is here.
std::vector<audit_part> plan_audit(const home& where, const std::string& sha256, std::uint64_t size,
                                   std::uint64_t least);

/// What can be said of a content none of whose bytes stand: what its partial lacks.
blob_finding finding_of_absent(const home& where, const std::string& sha256, std::uint64_t size);

} // namespace hive::store
