#pragma once
/// From method and path to a handler. The table in router.cpp is the door's contents page.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

#include <span>
#include <string_view>

namespace hive::http {

using handler = void (*)(desk&, request, responder);

/// `pattern`: literal segments, "{name}" for one, "{name...}" for the rest (at least one).
struct route {
  std::string_view method;
  std::string_view pattern;
  handler answer;
};

std::span<const route> routes() noexcept;

/// Whether `path` fits; then `bound` holds the named parts.
bool fits(std::string_view pattern, const std::vector<std::string>& path, text_pairs& bound);

/// Calls the route's handler, or answers 404, or 405 with Allow. HEAD is served by GET's handler.
void dispatch(desk& at, request asked, responder answer);

} // namespace hive::http
