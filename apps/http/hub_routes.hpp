#pragma once
/// The Hub door: what the catalog holds, in Hugging Face's own API, so that tools find it with
/// HF_ENDPOINT=<this node>. Errors are the Hub's: X-Error-Code, X-Error-Message, {"error":…}.

#include "apps/http/desk.hpp"
#include "apps/http/message.hpp"

#include <string>
#include <vector>

namespace hive::http {

void hub_info(desk& at, request asked, responder answer);
void hub_refs(desk& at, request asked, responder answer);
void hub_tree(desk& at, request asked, responder answer);
void hub_paths_info(desk& at, request asked, responder answer);
void hub_resolve(desk& at, request asked, responder answer);
void hub_raw(desk& at, request asked, responder answer);

/// Whether a path no route fits looks like a Hub client's.
bool is_hub_path(const std::vector<std::string>& path) noexcept;
reply hub_unknown(const request& asked);

} // namespace hive::http
