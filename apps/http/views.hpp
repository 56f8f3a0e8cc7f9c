#pragma once
/// How values look in JSON: the shapes of docs/api.md.

#include "apps/http/backend.hpp"
#include "core/base/json.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"
#include "core/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::http {

/// Null for what is not known.
inline json::value or_null(const std::string& text) {
  return text.empty() ? json::value{} : json::value(text);
}
template <class T>
json::value or_null(const std::optional<T>& known) {
  return known ? json::value(*known) : json::value{};
}
inline json::array texts(const std::vector<std::string>& all) {
  return json::array(all.begin(), all.end());
}

/// `brief`: as in lists, without the files.
enum class detail : bool { brief, full };

json::object job_view(const job_record& job, detail how);
json::object artifact_view(const store::artifact& what, const store::home& home, detail how);
json::object check_view(const update_check& what);
/// `plan`: of what would be done.
json::object gc_view(const store::gc_report& what, bool plan);
json::object node_view(const actors::node_status& status);

/// One event as it goes to the wire: "id: …\nevent: …\ndata: {…}\n\n". An `end` also has the job's
/// own fields when `final_job` is known.
std::string event_text(const event& what, const job_record* final_job = nullptr);

/// {"<name>":[…],"next_cursor":…}
json::object list_view(std::string_view name, json::array items, const std::string& next);

} // namespace hive::http
