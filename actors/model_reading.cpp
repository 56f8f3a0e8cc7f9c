#include "actors/model_reading.hpp"

#include "actors/stock.hpp"
#include "core/job/log.hpp"
#include "core/store/model_facts.hpp"

#include <utility>

namespace hive::actors {

namespace {

void warn(const char* action, const failure& why) {
  log(level::warning, "catalog", action, sentence(why));
}

} // namespace

model_reading::model_reading(const store::home& where, store::database& db)
  : where_(where), db_(db) {
  auto found = db_.artifacts_without_model();
  if (!found) warn("models-not-read", found.why());
  if (found) left_.assign(found->rbegin(), found->rend());
}

std::optional<store::artifact> model_reading::next() {
  if (left_.empty()) return std::nullopt;
  const auto id = std::move(left_.back());
  left_.pop_back();
  auto found = db_.get_artifact(id);
  if (!found || !*found || (*found)->model) return std::nullopt;
  if (!stands(where_, **found)) return std::nullopt;
  look_into(**found);
  return std::move(*found);
}

void model_reading::look_into(store::artifact& a) {
  a.model = store::read_model(where_, a.files);
  if (const auto put = db_.put_model(a.id, *a.model); !put) warn("model-not-kept", put.why());
}

} // namespace hive::actors
