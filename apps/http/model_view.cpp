#include "apps/http/model_view.hpp"

#include "apps/http/views.hpp"
#include "core/model/memory.hpp"

namespace hive::http {
namespace {

/// Empty as long as one of them does not say.
std::optional<std::uint64_t> memory_of(const std::vector<machine::device>& devices) {
  if (devices.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& one : devices) {
    if (!one.memory_total) return std::nullopt;
    sum += *one.memory_total;
  }
  return sum;
}

model::memory_there memory_of(const node_status& status) {
  model::memory_there there;
  if (status.machine.memory) {
    there.memory = status.machine.memory->total;
    there.available = status.machine.memory->available;
  }
  if (status.devices) there.devices = memory_of(*status.devices);
  return there;
}

} // namespace

json::value model_view(const std::optional<model::facts>& what) {
  if (!what || what->format.empty()) return {};
  json::object out;
  out["format"] = what->format;
  out["path"] = what->path;
  out["files"] = what->files;
  out["weights"] = what->weights;
  out["name"] = or_null(what->name);
  out["architecture"] = or_null(what->architecture);
  out["quantisation"] = or_null(what->quantisation);
  out["parameters"] = or_null(what->parameters);
  out["context_length"] = or_null(what->context_length);
  out["embedding_length"] = or_null(what->embedding_length);
  out["layers"] = or_null(what->layers);
  out["heads"] = or_null(what->heads);
  out["kv_heads"] = or_null(what->kv_heads);
  out["tokenizer"] = what->tokenizer;
  out["chat_template"] = what->chat_template;
  out["flaw"] = or_null(what->flaw);
  return out;
}

json::value memory_view(const std::optional<model::facts>& what, const node_status* machine) {
  const auto need = what ? model::need_of(*what) : std::nullopt;
  if (!need) return {};
  const auto there = machine != nullptr ? memory_of(*machine) : model::memory_there{};
  json::object out;
  out["context"] = need->context;
  out["weights"] = need->weights;
  out["kv_cache"] = or_null(need->kv_cache);
  out["total"] = or_null(need->total);
  out["memory"] = or_null(there.memory);
  out["available"] = or_null(there.available);
  out["devices"] = or_null(there.devices);
  out["fits_memory"] = or_null(model::fits(*need, there.memory));
  out["fits_devices"] = or_null(model::fits(*need, there.devices));
  out["human"] = model::sentence(*need, there);
  return out;
}

} // namespace hive::http
