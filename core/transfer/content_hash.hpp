#pragma once
/// The running digests of one content: always SHA-256 (the blob's name), and git's object id beside
/// it when that is what the plan expects. Made on the loop thread, then the hash thread's alone.

#include "core/base/digest.hpp"

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
    std::optional<digest> git; ///< when it was asked for
  };

  /// For an expected git_sha1 the size must be known.
  content_hash(const std::optional<digest>& expected, std::optional<std::uint64_t> size)
    : sha256_(digest_kind::sha256) {
    if (expected && expected->kind == digest_kind::git_sha1)
      git_.emplace(digest_kind::git_sha1, size);
  }

  void update(std::span<const std::byte> bytes) {
    sha256_.update(bytes);
    if (git_) git_->update(bytes);
  }

  digests finish() {
    digests out{sha256_.finish().hex, std::nullopt};
    if (git_) out.git = git_->finish();
    return out;
  }

 private:
  hasher sha256_;
  std::optional<hasher> git_;
};

} // namespace hive::transfer
