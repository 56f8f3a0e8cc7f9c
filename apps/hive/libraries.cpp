#include "apps/hive/libraries.hpp"

#include "core/store/database.hpp"

#include <caf/config.hpp>
#include <curl/curl.h>
#include <openssl/crypto.h>

#include <sstream>

namespace hive::cli {
namespace {

std::string caf_version() {
  constexpr int number = CAF_VERSION;
  return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." +
         std::to_string(number % 100);
}

/// "OpenSSL 3.0.15 3 Sep 2024" without name and date.
std::string openssl_version() {
  std::istringstream text{OpenSSL_version(OPENSSL_VERSION)};
  std::string name, number;
  text >> name >> number;
  return number;
}

} // namespace

std::vector<library> libraries() {
  return {{"CAF", caf_version()},
          {"libcurl", curl_version_info(CURLVERSION_NOW)->version},
          {"OpenSSL", openssl_version()},
          {"SQLite", std::string{store::sqlite_version()}}};
}

} // namespace hive::cli
