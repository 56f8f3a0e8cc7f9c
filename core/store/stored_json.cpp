#include "core/store/stored_json.hpp"

#include "core/base/json.hpp"
#include "core/base/redact.hpp"
#include "core/base/utf8.hpp"
#include "core/store/tool_view.hpp"

namespace hive::store {

namespace {

json::value number_or_null(const std::optional<std::uint64_t>& n) {
  return n ? json::value(*n) : json::value(nullptr);
}

json::value time_or_null(const std::optional<wall_time>& t) {
  return t ? json::value(t->time_since_epoch().count()) : json::value(nullptr);
}

std::optional<wall_time> read_time(json::node from) {
  const auto count = from.integer();
  if (!count) return std::nullopt;
  return wall_time{std::chrono::milliseconds{*count}};
}

std::optional<std::chrono::seconds> read_seconds(json::node from) {
  const auto count = from.integer();
  if (!count) return std::nullopt;
  return std::chrono::seconds{*count};
}

json::array print(const std::vector<std::string>& texts) {
  json::array to;
  for (const auto& text : texts) to.emplace_back(text);
  return to;
}

std::vector<std::string> read_texts(json::node from) {
  std::vector<std::string> to;
  for (const auto& element : from.elements()) to.push_back(element.text());
  return to;
}

json::value print_views(const std::optional<std::vector<view_wish>>& views) {
  if (!views) return nullptr;
  json::array to;
  for (const auto& one : *views) to.emplace_back(to_string(one));
  return to;
}

result<std::optional<std::vector<view_wish>>> read_views(json::node from) {
  if (from.is_null()) return std::optional<std::vector<view_wish>>{};
  std::vector<view_wish> to;
  for (const auto& text : read_texts(from)) {
    HIVE_TRY(auto one, parse_view(text));
    to.push_back(std::move(one));
  }
  return std::optional{std::move(to)};
}

json::array print(const std::vector<job_content>& contents) {
  json::array to;
  for (const auto& one : contents) to.push_back(json::array{one.key, one.size});
  return to;
}

json::object print(const byte_counts& c) {
  return {{"received", c.received},   {"durable", c.durable}, {"verified", c.verified},
          {"discarded", c.discarded}, {"wan", c.wan},         {"peers", c.peers}};
}

byte_counts read_counts(json::node from) {
  return {from["received"].natural().value_or(0), from["durable"].natural().value_or(0),
          from["verified"].natural().value_or(0), from["discarded"].natural().value_or(0),
          from["wan"].natural().value_or(0),      from["peers"].natural().value_or(0)};
}

json::object print(const job_progress& p) {
  auto to = print(p.counts);
  to["total"] = number_or_null(p.total);
  to["rate"] = p.rate;
  to["eta_s"] = p.eta ? json::value(p.eta->count()) : json::value(nullptr);
  json::array files;
  for (const auto& file : p.files) {
    auto one = print(file.counts);
    one["path"] = file.path;
    one["total"] = number_or_null(file.total);
    files.push_back(std::move(one));
  }
  to["files"] = std::move(files);
  return to;
}

job_progress read_progress(json::node from) {
  job_progress p;
  p.counts = read_counts(from);
  p.total = from["total"].natural();
  p.rate = from["rate"].natural().value_or(0);
  p.eta = read_seconds(from["eta_s"]);
  for (const auto& file : from["files"].elements())
    p.files.push_back({file["path"].text(), read_counts(file), file["total"].natural()});
  return p;
}

json::object print(const failure& why) {
  json::object to{{"code", static_cast<int>(why.code)},
                  {"detail", redact(why.detail)},
                  {"hint", redact(why.hint)}};
  if (why.retry_after) to["retry_after_s"] = why.retry_after->count();
  return to;
}

failure read_failure(json::node from) {
  const auto code = errc_from_number(static_cast<int>(from["code"].integer().value_or(0)));
  return {code.value_or(errc::actor_failed), from["detail"].text(), from["hint"].text(),
          read_seconds(from["retry_after_s"])};
}

/// Texts can quote what a server sent, whatever bytes those were; JSON that is not UTF-8 could be
/// written but never be read again. Outside of strings JSON is ASCII, so the whole may be mended.
std::string stored_text(const json::object& o) {
  return to_utf8(json::text(o));
}

/// Numbers of enumerations in which `last` is the greatest.
template <class Enum>
std::optional<Enum> read_enum(json::node from, Enum last) {
  const auto number = from.natural();
  if (!number || *number > static_cast<std::uint64_t>(last)) return std::nullopt;
  return static_cast<Enum>(*number);
}

} // namespace

std::string job_body(const job_record& job) {
  json::object to{
      {"include", print(job.asked.include)}, {"exclude", print(job.asked.exclude)},
      {"priority", job.asked.priority},      {"max_rate", job.asked.max_rate},
      {"update", job.asked.update},          {"views", print_views(job.asked.views)},
      {"import_as", job.asked.import_as},    {"correlation", redact(job.asked.correlation)},
      {"subject", job.asked.subject.value},  {"cause", redact(job.cause)},
      {"until", time_or_null(job.until)},    {"progress", print(job.progress)},
      {"artifact", job.artifact.value},      {"revision", job.revision},
      {"contents", print(job.contents)},     {"started", time_or_null(job.started)}};
  if (job.error) to["error"] = print(*job.error);
  if (job.rank) to["rank"] = *job.rank;
  return stored_text(to);
}

outcome read_job_body(std::string_view body, job_record& job) {
  HIVE_TRY(const auto read, json::parse(body));
  const auto from = read.root();
  job.asked.include = read_texts(from["include"]);
  job.asked.exclude = read_texts(from["exclude"]);
  job.asked.priority = from["priority"].integer().value_or(0);
  job.asked.max_rate = from["max_rate"].natural().value_or(0);
  job.asked.update = from["update"].boolean().value_or(false);
  HIVE_TRY(job.asked.views, read_views(from["views"]));
  job.asked.import_as = from["import_as"].text();
  job.asked.subject.value = from["subject"].text();
  job.asked.correlation = from["correlation"].text();
  job.cause = from["cause"].text();
  job.until = read_time(from["until"]);
  job.progress = read_progress(from["progress"]);
  if (!from["error"].is_null()) job.error = read_failure(from["error"]);
  job.artifact.value = from["artifact"].text();
  job.revision = from["revision"].text();
  for (const auto& one : from["contents"].elements()) {
    const auto pair = one.elements();
    if (pair.size() == 2) job.contents.push_back({pair[0].text(), pair[1].natural().value_or(0)});
  }
  job.rank = from["rank"].integer();
  job.started = read_time(from["started"]);
  return {};
}

std::string event_body(const event& e) {
  json::array fields;
  for (const auto& [key, value] : e.what.fields) fields.push_back(json::array{key, value});
  json::object to{{"time", e.time.time_since_epoch().count()},
                  {"kind", static_cast<int>(e.kind)},
                  {"actor", e.what.actor},
                  {"actor_id", e.what.actor_id},
                  {"action", e.what.action},
                  {"level", static_cast<int>(e.what.weight)},
                  {"human", e.what.human},
                  {"correlation", e.what.correlation},
                  {"fields", std::move(fields)}};
  if (e.state) to["state"] = static_cast<int>(*e.state);
  if (e.progress) to["progress"] = print(*e.progress);
  return stored_text(to);
}

outcome read_event_body(std::string_view body, event& e) {
  HIVE_TRY(const auto read, json::parse(body));
  const auto from = read.root();
  e.time = read_time(from["time"]).value_or(wall_time{});
  e.kind = read_enum(from["kind"], event_kind::end).value_or(event_kind::narration);
  e.what.actor = from["actor"].text();
  e.what.actor_id = from["actor_id"].natural().value_or(0);
  e.what.action = from["action"].text();
  e.what.weight = read_enum(from["level"], level::error).value_or(level::info);
  e.what.human = from["human"].text();
  e.what.correlation = from["correlation"].text();
  for (const auto& field : from["fields"].elements()) {
    const auto pair = field.elements();
    if (pair.size() == 2) e.what.fields.emplace_back(pair[0].text(), pair[1].text());
  }
  e.state = read_enum(from["state"], job_state::cancelled);
  if (from["progress"].is_object()) e.progress = read_progress(from["progress"]);
  return {};
}

std::string model_body(const model::facts& what) {
  if (what.format.empty()) return "{}";
  return stored_text({{"format", what.format},
                      {"path", what.path},
                      {"files", what.files},
                      {"weights", what.weights},
                      {"name", what.name},
                      {"architecture", what.architecture},
                      {"quantisation", what.quantisation},
                      {"parameters", number_or_null(what.parameters)},
                      {"context_length", number_or_null(what.context_length)},
                      {"embedding_length", number_or_null(what.embedding_length)},
                      {"layers", number_or_null(what.layers)},
                      {"heads", number_or_null(what.heads)},
                      {"kv_heads", number_or_null(what.kv_heads)},
                      {"kv_token_bytes", number_or_null(what.kv_token_bytes)},
                      {"tokenizer", what.tokenizer},
                      {"chat_template", what.chat_template},
                      {"flaw", what.flaw}});
}

std::optional<model::facts> read_model_body(std::string_view body) {
  const auto read = json::parse(body);
  if (!read) return std::nullopt;
  const auto from = read->root();
  model::facts what;
  what.format = from["format"].text();
  what.path = from["path"].text();
  what.files = from["files"].natural().value_or(0);
  what.weights = from["weights"].natural().value_or(0);
  what.name = from["name"].text();
  what.architecture = from["architecture"].text();
  what.quantisation = from["quantisation"].text();
  what.parameters = from["parameters"].natural();
  what.context_length = from["context_length"].natural();
  what.embedding_length = from["embedding_length"].natural();
  what.layers = from["layers"].natural();
  what.heads = from["heads"].natural();
  what.kv_heads = from["kv_heads"].natural();
  what.kv_token_bytes = from["kv_token_bytes"].natural();
  what.tokenizer = from["tokenizer"].boolean().value_or(false);
  what.chat_template = from["chat_template"].boolean().value_or(false);
  what.flaw = from["flaw"].text();
  return what;
}

std::string view_body(const tool_view& view) {
  json::array names;
  for (const auto& one : view.names)
    names.push_back(json::array{one.name.path, static_cast<int>(one.name.kind), one.name.what,
                                one.name.size, one.ours, one.inode, one.mtime_ns});
  return stored_text({{"opens", view.opens},
                      {"how", static_cast<int>(view.how)},
                      {"flaw", view.flaw},
                      {"names", std::move(names)}});
}

outcome read_view_body(std::string_view body, tool_view& view) {
  HIVE_TRY(const auto read, json::parse(body));
  const auto from = read.root();
  view.opens = from["opens"].text();
  view.how = read_enum(from["how"], link_kind::copy).value_or(link_kind::copy);
  view.flaw = from["flaw"].text();
  for (const auto& one : from["names"].elements()) {
    const auto part = one.elements();
    if (part.size() != 7) continue;
    made_name name;
    name.name = {part[0].text(), read_enum(part[1], name_kind::ref).value_or(name_kind::content),
                 part[2].text(), part[3].natural().value_or(0)};
    name.ours = part[4].boolean().value_or(false);
    name.inode = part[5].natural().value_or(0);
    name.mtime_ns = part[6].integer().value_or(0);
    view.names.push_back(std::move(name));
  }
  return {};
}

} // namespace hive::store
