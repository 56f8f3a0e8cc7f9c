#pragma once
/// The key of a node or of a hive's authority: EC P-256 (docs/decisions/0009-hive-authority.md).
/// A secret: `pem` goes into a 0600 file and nowhere else.

#include "core/base/result.hpp"

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hive::trust {

/// Copies share the key. Thread-safe.
class key_pair {
 public:
  /// Longer text is not even parsed.
  static constexpr std::size_t longest_pem = 4096;

  static result<key_pair> generate();
  /// errc::bad_config: no key, another kind of key, encrypted, or more than a key.
  static result<key_pair> from_pem(std::string_view text);

  /// PKCS#8, not encrypted.
  result<std::string> pem() const;
  /// ECDSA over SHA-256 of `text`, DER in lower-case hex.
  result<std::string> sign(std::string_view text) const;
  /// See `fingerprint_of_key`.
  std::string fingerprint() const;
  EVP_PKEY* get() const noexcept { return key_.get(); }

 private:
  explicit key_pair(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}
  std::shared_ptr<EVP_PKEY> key_;
};

/// SHA-256 of the public half (SubjectPublicKeyInfo in DER), lower-case hex; empty for no key.
std::string fingerprint_of_key(const EVP_PKEY* key);
/// Whether `signature` is what the key's owner gets from `key_pair::sign` for `text`.
bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature);
/// Whether it is the one kind that hives use.
bool is_usual_key(const EVP_PKEY* key) noexcept;

} // namespace hive::trust
