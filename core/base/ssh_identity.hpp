#pragma once
/// An Ed25519 key pair as ssh-keygen writes it (OpenSSH's own format, without a passphrase), to
/// sign short texts with. A secret: never printed.

#include "core/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace hive {

/// Copies share the key. Thread-safe.
class ssh_identity {
 public:
  /// errc::bad_config when `file` is no such key, another kind of key, or encrypted.
  static result<ssh_identity> parse(std::string_view file);

  /// The second word of the .pub file: base64 of the public key's blob.
  std::string public_text() const;
  /// The 64 raw bytes of the signature; errc::actor_failed when OpenSSL refuses.
  result<std::string> sign(std::string_view text) const;

 private:
  struct key;
  explicit ssh_identity(std::shared_ptr<const key> k) : key_(std::move(k)) {}
  std::shared_ptr<const key> key_;
};

} // namespace hive
