#pragma once
/// The running digests of one content: always SHA-256 (the blob's name) with its states at the
/// borders of pieces, and git's object id beside it when that is what the plan expects. Made on the
/// loop thread, then the hash thread's alone.

#include "core/base/digest.hpp"
#include "core/base/sha256_chain.hpp"
#include "core/store/piece_table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace hive::transfer {

class content_hash {
 public:
  struct digests {
    std::string sha256;
    std::optional<digest> git;                ///< when it was asked for
    std::optional<store::piece_table> pieces; ///< of a content of several
  };

  /// For an expected git_sha1 the size must be known.
  content_hash(const std::optional<digest>& expected, std::optional<std::uint64_t> size) {
    if (expected && expected->kind == digest_kind::git_sha1)
      git_.emplace(digest_kind::git_sha1, size);
  }

  void update(std::span<const std::byte> bytes) {
    borders_.update(sha256_, bytes);
    if (git_) git_->update(bytes);
  }

  digests finish() {
    const auto size = sha256_.position();
    digests out{sha256_.finish(), std::nullopt, std::nullopt};
    out.pieces = borders_.table(out.sha256, size);
    if (git_) out.git = git_->finish();
    return out;
  }

 private:
  sha256_chain sha256_;
  store::border_log borders_;
  std::optional<hasher> git_;
};

} // namespace hive::transfer
