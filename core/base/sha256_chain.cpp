// OpenSSL's EVP interface runs the same code but hides the state, and its plain SHA256_ calls are
// only marked as old in 3.x, not taken out.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "core/base/sha256_chain.hpp"

#include "core/base/digest.hpp"

#include <openssl/sha.h>

#include <charconv>
#include <cstring>
#include <stdexcept>

namespace hive {

namespace {

SHA256_CTX load(std::span<const std::byte> memory) noexcept {
  SHA256_CTX made;
  std::memcpy(&made, memory.data(), sizeof made);
  return made;
}

void store(const SHA256_CTX& from, std::span<std::byte> memory) noexcept {
  std::memcpy(memory.data(), &from, sizeof from);
}

} // namespace

sha256_state sha256_state::beginning() noexcept {
  return {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
           0x5be0cd19}};
}

std::string to_hex(const sha256_state& state) {
  std::array<std::byte, 32> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::byte>(state.words[i / 4] >> (8 * (3 - i % 4)));
  return to_hex(std::span{bytes});
}

std::optional<sha256_state> sha256_state_from_hex(std::string_view text) noexcept {
  if (!is_hex(text, 64)) return std::nullopt;
  sha256_state read;
  for (auto& word : read.words) {
    std::from_chars(text.data(), text.data() + 8, word, 16);
    text.remove_prefix(8);
  }
  return read;
}

sha256_chain::sha256_chain(const sha256_state& at, std::uint64_t position) : position_(position) {
  static_assert(sizeof(SHA256_CTX) <= sizeof(context), "room for OpenSSL's context");
  if (position % block != 0) throw std::invalid_argument("a chain goes on between two blocks");
  SHA256_CTX made;
  SHA256_Init(&made);
  for (std::size_t i = 0; i < at.words.size(); ++i) made.h[i] = at.words[i];
  const auto bits = position * 8;
  made.Nl = static_cast<SHA_LONG>(bits & 0xffffffffU);
  made.Nh = static_cast<SHA_LONG>(bits >> 32U);
  store(made, context_.memory);
}

void sha256_chain::update(std::span<const std::byte> bytes) {
  auto now = load(context_.memory);
  SHA256_Update(&now, bytes.data(), bytes.size());
  store(now, context_.memory);
  position_ += bytes.size();
}

sha256_state sha256_chain::state() const {
  if (position_ % block != 0) throw std::logic_error("no state inside a block");
  const auto now = load(context_.memory);
  sha256_state out;
  for (std::size_t i = 0; i < out.words.size(); ++i) out.words[i] = now.h[i];
  return out;
}

std::string sha256_chain::finish() {
  auto now = load(context_.memory);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> raw{};
  SHA256_Final(raw.data(), &now);
  return to_hex(std::as_bytes(std::span{raw}));
}

} // namespace hive
