#include "core/base/ssh_identity.hpp"

#include "core/base/base64.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace hive {

namespace {

constexpr std::string_view begin_line = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view end_line = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view kind = "ssh-ed25519";
constexpr std::size_t longest_file = 16 * 1024;
constexpr std::size_t seed_bytes = 32;
constexpr std::size_t signature_bytes = 64;

failure unusable(std::string why) {
  return fail(errc::bad_config, "the identity key cannot be used: " + std::move(why),
              "make one with: ssh-keygen -t ed25519 -N '' -f FILE");
}

/// Reads length-prefixed fields; whatever is beyond the end is empty.
class fields {
 public:
  explicit fields(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> take(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const auto out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  std::optional<std::uint32_t> number() {
    const auto bytes = take(4);
    if (!bytes) return std::nullopt;
    std::uint32_t out = 0;
    for (const char c : *bytes) out = out << 8 | static_cast<unsigned char>(c);
    return out;
  }
  std::optional<std::string_view> text() {
    const auto size = number();
    return size ? take(*size) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

struct key_text {
  std::string blob; ///< of the public key
  std::string seed;
};

/// The section that would be encrypted: two equal check numbers, kind, public and private key. What
/// stands before it, `blob`, must be of the same key.
result<std::string> read_seed(std::string_view section, std::string_view blob) {
  fields inner{section};
  const auto check = inner.number();
  const auto again = inner.number();
  if (!check || check != again) return unusable("it is damaged");
  if (inner.text() != kind) return unusable("it is no Ed25519 key");
  const auto open = inner.text();
  const auto secret = inner.text();
  if (!open || !secret || open->size() != seed_bytes || secret->size() != 2 * seed_bytes ||
      secret->substr(seed_bytes) != *open)
    return unusable("it is damaged");
  fields outer{blob};
  if (outer.text() != kind || outer.text() != open) return unusable("it is damaged");
  return std::string{secret->substr(0, seed_bytes)};
}

result<key_text> read_file(std::string_view file) {
  const auto begin = file.find(begin_line);
  const auto end = file.find(end_line);
  if (file.size() > longest_file || begin == std::string_view::npos ||
      end == std::string_view::npos || end < begin)
    return unusable("the file is no OpenSSH private key");
  const auto from = begin + begin_line.size();
  const auto bytes = base64_decoded(file.substr(from, end - from));
  constexpr std::string_view magic{"openssh-key-v1\0", 15};
  if (!bytes || !bytes->starts_with(magic)) return unusable("the file is no OpenSSH private key");
  fields outer{std::string_view{*bytes}.substr(magic.size())};
  const auto cipher = outer.text();
  const auto method = outer.text();
  const auto method_options = outer.text();
  const auto count = outer.number();
  const auto blob = outer.text();
  const auto section = outer.text();
  if (cipher && *cipher != "none") return unusable("it is encrypted with a passphrase");
  if (!method || !method_options || count != 1u || !blob || !section)
    return unusable("it is damaged");
  HIVE_TRY(auto seed, read_seed(*section, *blob));
  return key_text{std::string{*blob}, std::move(seed)};
}

struct context_free {
  void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
};

} // namespace

struct ssh_identity::key {
  explicit key(const key_text& from)
    : blob(from.blob),
      own(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                       reinterpret_cast<const unsigned char*>(from.seed.data()),
                                       from.seed.size())) {}
  ~key() { EVP_PKEY_free(own); }
  key(const key&) = delete;
  key& operator=(const key&) = delete;

  std::string blob;
  EVP_PKEY* own;
};

result<ssh_identity> ssh_identity::parse(std::string_view file) {
  HIVE_TRY(const auto read, read_file(file));
  auto made = std::make_shared<const key>(read);
  if (made->own == nullptr) return unusable("OpenSSL does not take it");
  return ssh_identity{std::move(made)};
}

std::string ssh_identity::public_text() const {
  return base64_encoded(key_->blob);
}

result<std::string> ssh_identity::sign(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, context_free> context{EVP_MD_CTX_new()};
  std::array<unsigned char, signature_bytes> raw{};
  auto size = raw.size();
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  const bool done = context &&
                    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->own) == 1 &&
                    EVP_DigestSign(context.get(), raw.data(), &size, bytes, text.size()) == 1;
  if (!done) return fail(errc::actor_failed, "OpenSSL refused to sign");
  return std::string{reinterpret_cast<const char*>(raw.data()), size};
}

} // namespace hive
