#pragma once
/// Reading a request's query, parameter by parameter: what is not there leaves its default, what is
/// wrong is a fault that names the parameter.

#include "apps/http/json_body.hpp"
#include "apps/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace hive::http {

struct number_bounds {
  std::uint64_t least{0};
  std::uint64_t most{0};
};
struct span_bounds {
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
};

/// At most `longest` bytes.
checked take_text(const request& asked, std::string_view name, std::size_t longest,
                  std::string& into);
checked take_number(const request& asked, std::string_view name, number_bounds within,
                    std::uint64_t& into);
/// "2s", "500ms"; a number alone is seconds.
checked take_span(const request& asked, std::string_view name, span_bounds within,
                  std::chrono::milliseconds& into);

} // namespace hive::http

/// Returns the fault of a `checked`.
#define HIVE_EXPECT(expression)                                                                    \
  do {                                                                                             \
    if (auto hive_checked = (expression); !hive_checked) return hive_checked;                      \
  } while (false)
