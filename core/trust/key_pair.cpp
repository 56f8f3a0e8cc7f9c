#include "core/trust/key_pair.hpp"

#include "core/base/digest.hpp"
#include "core/trust/openssl.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>

#include <array>

namespace hive::trust {

namespace {

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
