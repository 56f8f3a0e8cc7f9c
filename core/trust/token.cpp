#include "core/trust/token.hpp"

#include "core/base/ascii.hpp"
#include "core/base/base64.hpp"
#include "core/base/digest.hpp"
#include "core/trust/openssl.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <vector>

namespace hive::trust {

namespace {

constexpr std::size_t fingerprint_size = 64;
constexpr std::size_t longest_token = 256;

failure wrong(std::string why) {
  return fail(errc::bad_request, "this is no join token: " + std::move(why),
              "copy the whole line that 'hive token create' printed last");
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto dot = text.find('.');
    out.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    text.remove_prefix(dot + 1);
  }
}

std::string length_of(std::string_view what, std::size_t is, std::size_t ought) {
  return std::string{what} + " has " + std::to_string(is) + " characters instead of " +
         std::to_string(ought) + (is < ought ? ": something is missing" : "");
}

} // namespace

bool is_secret(std::string_view text) noexcept {
  return text.size() == join_token::secret_size &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return ascii::is_alnum(c) || c == '-' || c == '_'; });
}

std::string to_string(const join_token& what) {
  return "hv1." + what.authority + '.' + what.id + '.' + what.secret;
}

result<join_token> parse_token(std::string_view text) {
  text = ascii::trimmed(text);
  if (text.empty()) return wrong("it is empty");
  if (text.size() > longest_token) return wrong("it is too long");
  const auto parts = parts_of(text);
  if (parts[0] != "hv1") {
    const bool later =
        parts[0].size() > 2 && parts[0].starts_with("hv") && ascii::is_number(parts[0].substr(2));
    return wrong(later ? "it is of a later version of hive" : "it does not begin with hv1.");
  }
  if (parts.size() != 4)
    return wrong("it has " + std::to_string(parts.size()) + " parts between dots instead of 4" +
                 (parts.size() < 4 ? ": something is missing" : ""));
  if (parts[1].size() != fingerprint_size)
    return wrong(length_of("the authority's fingerprint", parts[1].size(), fingerprint_size));
  if (!is_hex(parts[1], fingerprint_size))
    return wrong("the authority's fingerprint is not lower-case hex");
  if (!is_hex(parts[2], join_token::id_size))
    return wrong("its id is not 16 characters of lower-case hex");
  if (parts[3].size() != join_token::secret_size)
    return wrong(length_of("the secret", parts[3].size(), join_token::secret_size));
  if (!is_secret(parts[3])) return wrong("the secret has a character that no secret has");
  return join_token{std::string{parts[1]}, std::string{parts[2]}, std::string{parts[3]}};
}

result<join_token> new_token(std::string authority) {
  std::array<unsigned char, join_token::id_size / 2> id{};
  std::array<unsigned char, 32> secret{};
  if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1 ||
      RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return openssl::refused_to("find random bytes");
  return join_token{
      std::move(authority), to_hex(std::as_bytes(std::span{id})),
      base64url_encoded({reinterpret_cast<const char*>(secret.data()), secret.size()})};
}

} // namespace hive::trust
