#pragma once
/// How a model and the memory it needs look in JSON.

#include "apps/http/backend.hpp"
#include "core/base/json.hpp"
#include "core/model/facts.hpp"

#include <optional>

namespace hive::http {

/// Null for what is no model, and while nobody has looked.
json::value model_view(const std::optional<model::facts>& what);
/// Null for what is no model. Without a status nothing is known of the machine.
json::value memory_view(const std::optional<model::facts>& what, const node_status* machine);

} // namespace hive::http
