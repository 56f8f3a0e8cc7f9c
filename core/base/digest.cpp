#include "core/base/digest.hpp"

#include "core/base/ascii.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <utility>

namespace hive {

namespace {

constexpr std::string_view sha256_prefix = "sha256:";
constexpr std::string_view git_sha1_prefix = "git-sha1:";

std::string_view prefix_of(digest_kind kind) noexcept {
  return kind == digest_kind::sha256 ? sha256_prefix : git_sha1_prefix;
}

std::size_t length_of(digest_kind kind) noexcept {
  return kind == digest_kind::sha256 ? 64 : 40;
}

void require(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL refused to hash");
}

} // namespace

std::string to_string(const digest& d) {
  return std::string{prefix_of(d.kind)} + d.hex;
}

result<digest> parse_digest(std::string_view text) {
  for (const auto kind : {digest_kind::sha256, digest_kind::git_sha1}) {
    const auto prefix = prefix_of(kind);
    if (!text.starts_with(prefix)) continue;
    auto hex = ascii::lowered(text.substr(prefix.size(), length_of(kind) + 1));
    if (is_hex(hex, length_of(kind))) return digest{kind, std::move(hex)};
    return fail(errc::bad_request,
                "a digest \"" + std::string{prefix} + "\" needs " +
                    std::to_string(length_of(kind)) + " hex characters after it",
                "write it as sha256:<64 hex characters>");
  }
  return fail(errc::bad_request, "the digest names no known algorithm",
              "write it as sha256:<64 hex characters>");
}

bool is_hex(std::string_view text, std::size_t length) noexcept {
  return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto b : bytes) {
    text += digits[std::to_integer<std::size_t>(b >> 4)];
    text += digits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
  return text;
}

struct hasher::context {
  EVP_MD_CTX* evp{EVP_MD_CTX_new()};

  context() {
    if (evp == nullptr) throw std::bad_alloc{};
  }
  ~context() { EVP_MD_CTX_free(evp); }
  context(const context&) = delete;
  context& operator=(const context&) = delete;
};

hasher::hasher(digest_kind kind, std::optional<std::uint64_t> content_length)
  : kind_(kind), context_(std::make_unique<context>()) {
  const auto* algorithm = kind == digest_kind::sha256 ? EVP_sha256() : EVP_sha1();
  require(EVP_DigestInit_ex(context_->evp, algorithm, nullptr));
  if (kind == digest_kind::git_sha1) {
    if (!content_length) throw std::invalid_argument("a git hash needs the content's length");
    update("blob " + std::to_string(*content_length));
    update(std::string_view{"\0", 1});
  }
}

hasher::~hasher() = default;
hasher::hasher(hasher&&) noexcept = default;
hasher& hasher::operator=(hasher&&) noexcept = default;

void hasher::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
}

digest hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int length = 0;
  require(EVP_DigestFinal_ex(context_->evp, raw.data(), &length));
  return digest{kind_, to_hex(std::as_bytes(std::span{raw.data(), length}))};
}

std::string sha256_hex(std::string_view text) {
  hasher hash{digest_kind::sha256};
  hash.update(text);
  return hash.finish().hex;
}

} // namespace hive
