#pragma once
/// What a program of a build sees of this machine: no network but its own loopback, and hive's home
/// read-only but for the folder of the build. Made of user, mount, IPC and network namespaces, so
/// it needs no privileges; where the kernel or its security modules do not allow that, there is
/// none.

#include "core/base/result.hpp"

#include <filesystem>
#include <string>

namespace hive::build {

class containment {
 public:
  /// `folder` may be written, but for `inputs` below it; nothing else of `sealed`, above it, may
  /// be. All three exist.
  containment(const std::filesystem::path& folder, const std::filesystem::path& inputs,
              const std::filesystem::path& sealed, bool network);

  /// Whether it can be had: tries it in a child, which takes milliseconds. errc::unsupported with
  /// the kernel's reason.
  outcome try_out() const;
  /// Puts the calling process into it: system calls only, for a child between fork and exec. 0, or
  /// the errno of what was refused.
  int enter() const noexcept;

 private:
  int bind(const std::string& what, unsigned long flags) const noexcept;

  std::string folder_;
  std::string inputs_;
  std::string sealed_;
  std::string users_;
  std::string groups_;
  unsigned long locked_{0}; ///< mount flags of the file system that may not be taken off
  bool network_;
};

} // namespace hive::build
