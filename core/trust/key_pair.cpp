#include "core/trust/key_pair.hpp"

#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"
#include "core/trust/openssl.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>

#include <array>
#include <span>
#include <vector>

namespace hive::trust {

namespace {

constexpr std::size_t longest_signature = 72; ///< two numbers of 33 bytes and their DER frame
constexpr const char* curve = "P-256";
constexpr std::string_view curve_by_openssl = "prime256v1";

failure unusable(std::string why) {
  return fail(errc::bad_config, "the private key cannot be used: " + std::move(why),
              "docs/trust.md says what a home's node/hive folder holds");
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* k) { EVP_PKEY_free(k); }};
}

} // namespace

result<key_pair> key_pair::generate() {
  auto* const key = EVP_EC_gen(curve);
  if (key == nullptr) return openssl::refused_to("make a key");
  return key_pair{owned(key)};
}

result<key_pair> key_pair::from_pem(std::string_view text) {
  if (text.size() > longest_pem) return unusable("it is longer than 4 KiB");
  const auto from = openssl::reader_of(text);
  auto key = owned(PEM_read_bio_PrivateKey(from.get(), nullptr, &openssl::no_passphrase, nullptr));
  if (!key) return unusable(openssl::complaint());
  if (!is_usual_key(key.get())) return unusable("it is not of the kind EC P-256");
  if (!openssl::is_spent(from)) return unusable("something follows it");
  return key_pair{std::move(key)};
}

result<std::string> key_pair::pem() const {
  const auto to = openssl::writer();
  if (PEM_write_bio_PKCS8PrivateKey(to.get(), get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return openssl::refused_to("write a key");
  return openssl::text_in(to);
}

result<std::string> key_pair::sign(std::string_view text) const {
  const openssl::digest_context with{EVP_MD_CTX_new()};
  std::array<unsigned char, longest_signature> out{};
  auto size = out.size();
  if (EVP_DigestSignInit(with.get(), nullptr, EVP_sha256(), nullptr, get()) != 1 ||
      EVP_DigestSign(with.get(), out.data(), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    return openssl::refused_to("sign");
  return to_hex(std::as_bytes(std::span{out}.first(size)));
}

bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  if (key == nullptr || signature.empty() || signature.size() > 2 * longest_signature ||
      !is_hex(signature, signature.size()) || signature.size() % 2 != 0)
    return false;
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i < signature.size(); i += 2)
    bytes.push_back(static_cast<unsigned char>(ascii::hex_value(signature[i]) * 16 +
                                               ascii::hex_value(signature[i + 1])));
  const openssl::digest_context with{EVP_MD_CTX_new()};
  const bool so =
      EVP_DigestVerifyInit(with.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(with.get(), bytes.data(), bytes.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  ERR_clear_error();
  return so;
}

std::string key_pair::fingerprint() const {
  return fingerprint_of_key(get());
}

std::string fingerprint_of_key(const EVP_PKEY* key) {
  if (key == nullptr) return {};
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return {};
  auto out = sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return out;
}

bool is_usual_key(const EVP_PKEY* key) noexcept {
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return false;
  std::array<char, 32> name{};
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::string_view{name.data(), size} == curve_by_openssl;
}

} // namespace hive::trust
