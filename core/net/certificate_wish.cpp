#include "core/net/certificate_wish.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string_view>

namespace hive::net {

namespace {

void free_wish(void*, void* wish, CRYPTO_EX_DATA*, int, long, void*) noexcept {
  const std::unique_ptr<certificate_wish> ends{static_cast<certificate_wish*>(wish)};
}

int slot() noexcept {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_wish);
  return index;
}

/// OpenSSL calls it on the client's side when the server asks; 1 lets it go on with what is set.
int certificate_asked(SSL* connection, void*) noexcept {
  const auto* wish = static_cast<const certificate_wish*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), slot()));
  if (wish != nullptr) wish->book->at(wish->where).asks_certificate = true;
  return 1;
}

CURLcode prepare(CURL*, void* context, void* wish) noexcept {
  auto* const ssl = static_cast<SSL_CTX*>(context);
  auto copy = std::make_unique<certificate_wish>(*static_cast<const certificate_wish*>(wish));
  if (SSL_CTX_set_ex_data(ssl, slot(), copy.get()) != 1) return CURLE_OK;
  static_cast<void>(copy.release()); // freed with the context
  SSL_CTX_set_cert_cb(ssl, &certificate_asked, nullptr);
  return CURLE_OK;
}

bool curl_uses_openssl() noexcept {
  const char* const library = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return library != nullptr && std::string_view{library}.starts_with("OpenSSL");
}

} // namespace

void watch_handshakes(CURL* easy, certificate_wish& wish) {
  static const bool possible = curl_uses_openssl();
  if (!possible) return;
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &prepare);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &wish);
}

} // namespace hive::net
