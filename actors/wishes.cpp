#include "actors/wishes.hpp"

#include "core/base/ascii.hpp"

namespace hive::actors {

namespace {

constexpr std::string_view of_wish = "wish-"; ///< begins the idempotency keys of their jobs

} // namespace

result<cluster::placement> parse_placement(std::string_view text) {
  using cluster::placement_kind;
  if (text == "all") return cluster::placement{placement_kind::all, {}, 0};
  const auto at = text.find('=');
  if (at == std::string_view::npos)
    return cluster::placement{placement_kind::node, std::string{text}, 0};
  const auto value = text.substr(at + 1);
  if (text.substr(0, at) == "label" && !value.empty() && value.size() <= cluster::max_label_length)
    return cluster::placement{placement_kind::label, std::string{value}, 0};
  const auto count = ascii::number(value);
  if (text.substr(0, at) == "k" && count && *count >= 1 && *count <= cluster::max_members)
    return cluster::placement{placement_kind::copies, {}, static_cast<std::uint16_t>(*count)};
  return fail(errc::bad_request,
              "'" + std::string{text.substr(0, 64)} + "' names no place in the hive",
              "say a node's name, all, k=3 or label=NAME");
}

std::string placement_text(const cluster::placement& where) {
  using cluster::placement_kind;
  switch (where.kind) {
  case placement_kind::node: return where.name;
  case placement_kind::all: return "all";
  case placement_kind::copies: return "k=" + std::to_string(where.copies);
  case placement_kind::label: break;
  }
  return "label=" + where.name;
}

result<cluster::desired_record> record_of(const job_request& asked, const cluster::placement& where,
                                          const node_id& by) {
  if (asked.kind != job_kind::pull || !asked.include.empty() || !asked.exclude.empty() ||
      asked.views)
    return fail(errc::unsupported, "a wish for several nodes is a reference and nothing else",
                "leave out include, exclude and views, or name one node");
  cluster::desired_record out;
  out.id = is_ulid(asked.idempotency_key) ? asked.idempotency_key : new_ulid();
  out.what = to_string(asked.what);
  out.where = where;
  out.asked_by = by.value;
  out.asked_at = wall_now();
  return out;
}

result<job_request> job_of(const cluster::desired_record& record) {
  job_request out;
  HIVE_TRY(out.what, parse_reference(record.what));
  out.idempotency_key = std::string{of_wish} + record.id;
  return out;
}

std::optional<std::string> wish_of(const job_record& job) {
  const std::string_view key = job.asked.idempotency_key;
  if (!key.starts_with(of_wish)) return std::nullopt;
  return std::string{key.substr(of_wish.size())};
}

} // namespace hive::actors
