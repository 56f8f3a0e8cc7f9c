#pragma once
/// The contract: what the API is, in one document. Whoever prints it needs nothing else of the
/// door.

#include <string_view>

namespace hive::http {

/// The OpenAPI 3.1 document as JSON.
std::string_view openapi_text();
/// Its end, from "components" on.
std::string_view openapi_components() noexcept;

} // namespace hive::http
