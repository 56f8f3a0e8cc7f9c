#include "apps/hive/rate.hpp"

#include "core/base/units.hpp"
#include "core/limits/limit.hpp"

namespace hive::cli {

result<std::uint64_t> read_rate(const std::string& flag, const std::string& text) {
  const auto rate = parse_bytes(text);
  if (!rate) return fail(errc::bad_request, flag + ": " + rate.why().detail, rate.why().hint);
  if (*rate > limits::highest_rate)
    return fail(errc::bad_request,
                flag + ": " + format_bytes(*rate) + " a second is more than " +
                    format_bytes(limits::highest_rate),
                "0 is no limit");
  return *rate;
}

} // namespace hive::cli
