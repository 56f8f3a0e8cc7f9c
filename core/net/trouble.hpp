#pragma once
/// What curl's result codes mean to hive.

#include "core/base/result.hpp"

#include <curl/curl.h>

#include <string>
#include <string_view>

namespace hive::net {

/// The failure behind `code`: names the host, the phase and the system's reason. `text` is what
/// curl wrote into the error buffer; nothing of the URL but its origin is repeated.
failure trouble_of(CURLcode code, CURL* easy, std::string_view text, const std::string& url);

} // namespace hive::net
