#include "core/model/memory.hpp"

#include "core/base/units.hpp"

#include <algorithm>
#include <limits>

namespace hive::model {

std::optional<memory_need> need_of(const facts& what) {
  if (what.format.empty() || !what.flaw.empty() || what.weights == 0) return std::nullopt;
  memory_need need;
  need.weights = what.weights;
  need.context = std::min(usual_context, what.context_length.value_or(usual_context));
  if (what.kv_token_bytes && need.context > 0 &&
      *what.kv_token_bytes <= std::numeric_limits<std::uint64_t>::max() / need.context)
    need.kv_cache = *what.kv_token_bytes * need.context;
  if (need.kv_cache && *need.kv_cache <= std::numeric_limits<std::uint64_t>::max() - need.weights)
    need.total = need.weights + *need.kv_cache;
  return need;
}

std::optional<bool> fits(const memory_need& need, const std::optional<std::uint64_t>& there) {
  if (!there) return std::nullopt;
  if (need.weights > *there) return false; // whatever the rest is
  if (!need.total) return std::nullopt;
  return *need.total <= *there;
}

std::string sentence(const memory_need& need, const memory_there& there) {
  std::string text = need.total ? "needs about " + format_bytes(*need.total) + " of memory: "
                                : "needs more than " + format_bytes(need.weights) + " of memory: ";
  text += format_bytes(need.weights) + " of weights";
  text += need.kv_cache ? " and up to " + format_bytes(*need.kv_cache) + " of cache for " +
                              std::to_string(need.context) + " tokens"
                        : " and a cache of unknown size";
  const auto on_devices = fits(need, there.devices);
  if (on_devices && *on_devices)
    return text + "; it fits into the " + format_bytes(*there.devices) + " of the graphics memory";
  if (on_devices)
    text += "; that is more than the " + format_bytes(*there.devices) + " of the graphics memory";
  const auto in_memory = fits(need, there.memory);
  if (!in_memory) return text;
  const auto limit = format_bytes(*there.memory);
  if (!*in_memory) return text + "; this machine has " + limit;
  text += "; it fits into this machine's " + limit;
  if (there.available && fits(need, there.available) == std::optional{false})
    text += ", of which " + format_bytes(*there.available) + " are free now";
  return text;
}

} // namespace hive::model
