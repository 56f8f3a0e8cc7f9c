#pragma once
/// How CAF reads and writes hive's values, for messages that may go from node to node. Found by
/// argument-dependent lookup, hence in the namespaces of the values.

#include "actors/protocol.hpp"
#include "core/artifact/plan.hpp"
#include "core/artifact/selection.hpp"
#include "core/artifact/view_wish.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"

#include <cstdint>
#include <type_traits>

namespace hive {

namespace wire {

/// Enums travel as their number; `last` bounds what is taken from outside.
template <class Inspector, class Enum>
bool number(Inspector& f, Enum& x, Enum last) {
  using raw = std::underlying_type_t<Enum>;
  auto get = [&x] { return static_cast<raw>(x); };
  auto set = [&x, last](raw v) {
    if (v > static_cast<raw>(last)) return false;
    x = static_cast<Enum>(v);
    return true;
  };
  return f.apply(get, set);
}

} // namespace wire

template <class Inspector>
bool inspect(Inspector& f, errc& x) {
  auto get = [&x] { return static_cast<std::uint8_t>(x); };
  auto set = [&x](std::uint8_t v) {
    const auto known = errc_from_number(v);
    x = known.value_or(errc::actor_failed);
    return known.has_value();
  };
  return f.apply(get, set);
}

template <class Inspector>
bool inspect(Inspector& f, scheme& x) {
  return wire::number(f, x, scheme::build);
}
template <class Inspector>
bool inspect(Inspector& f, repo_kind& x) {
  return wire::number(f, x, repo_kind::space);
}
template <class Inspector>
bool inspect(Inspector& f, digest_kind& x) {
  return wire::number(f, x, digest_kind::git_sha1);
}
template <class Inspector>
bool inspect(Inspector& f, job_state& x) {
  return wire::number(f, x, job_state::cancelled);
}
template <class Inspector>
bool inspect(Inspector& f, job_step& x) {
  return wire::number(f, x, job_step::retry);
}
template <class Inspector>
bool inspect(Inspector& f, job_order& x) {
  return wire::number(f, x, job_order::retry);
}
template <class Inspector>
bool inspect(Inspector& f, job_kind& x) {
  return wire::number(f, x, job_kind::verify);
}
template <class Inspector>
bool inspect(Inspector& f, level& x) {
  return wire::number(f, x, level::error);
}
template <class Inspector>
bool inspect(Inspector& f, event_kind& x) {
  return wire::number(f, x, event_kind::end);
}

template <class Inspector, class Tag>
bool inspect(Inspector& f, text_id<Tag>& x) {
  return f.apply(x.value);
}

template <class Inspector>
bool inspect(Inspector& f, failure& x) {
  return f.object(x).fields(f.field("code", x.code), f.field("detail", x.detail),
                            f.field("hint", x.hint), f.field("retry_after", x.retry_after));
}

template <class Inspector>
bool inspect(Inspector& f, digest& x) {
  return f.object(x).fields(f.field("kind", x.kind), f.field("hex", x.hex));
}

template <class Inspector>
bool inspect(Inspector& f, reference& x) {
  return f.object(x).fields(f.field("from", x.from), f.field("kind", x.kind),
                            f.field("host", x.host), f.field("name", x.name),
                            f.field("revision", x.revision), f.field("selector", x.selector),
                            f.field("expected", x.expected), f.field("mirrors", x.mirrors));
}

template <class Inspector>
bool inspect(Inspector& f, file_wish& x) {
  return f.object(x).fields(f.field("selector", x.selector), f.field("include", x.include),
                            f.field("exclude", x.exclude));
}

template <class Inspector>
bool inspect(Inspector& f, header_check& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("value", x.value),
                            f.field("last_hop", x.last_hop));
}

template <class Inspector>
bool inspect(Inspector& f, remark& x) {
  return f.object(x).fields(f.field("action", x.action), f.field("human", x.human),
                            f.field("warning", x.warning));
}

template <class Inspector>
bool inspect(Inspector& f, refusal_rule& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("value", x.value),
                            f.field("code", x.code), f.field("detail", x.detail),
                            f.field("hint", x.hint));
}

template <class Inspector>
bool inspect(Inspector& f, file_source& x) {
  return f.object(x).fields(f.field("url", x.url), f.field("headers", x.headers),
                            f.field("checks", x.checks), f.field("given", x.given));
}

template <class Inspector>
bool inspect(Inspector& f, plan_file& x) {
  return f.object(x).fields(f.field("path", x.path), f.field("size", x.size),
                            f.field("expected", x.expected), f.field("sources", x.sources),
                            f.field("origin", x.origin));
}

template <class Inspector>
bool inspect(Inspector& f, download_plan& x) {
  return f.object(x).fields(f.field("what", x.what), f.field("revision", x.revision),
                            f.field("requested", x.requested), f.field("files", x.files),
                            f.field("refusals", x.refusals), f.field("remarks", x.remarks),
                            f.field("inputs", x.inputs));
}

template <class Inspector>
bool inspect(Inspector& f, byte_counts& x) {
  return f.object(x).fields(f.field("received", x.received), f.field("durable", x.durable),
                            f.field("verified", x.verified), f.field("discarded", x.discarded),
                            f.field("wan", x.wan), f.field("peers", x.peers));
}

template <class Inspector>
bool inspect(Inspector& f, file_progress& x) {
  return f.object(x).fields(f.field("path", x.path), f.field("counts", x.counts),
                            f.field("total", x.total));
}

template <class Inspector>
bool inspect(Inspector& f, job_progress& x) {
  return f.object(x).fields(f.field("counts", x.counts), f.field("total", x.total),
                            f.field("rate", x.rate), f.field("eta", x.eta),
                            f.field("files", x.files));
}

template <class Inspector>
bool inspect(Inspector& f, tool& x) {
  return wire::number(f, x, tool::dir);
}

template <class Inspector>
bool inspect(Inspector& f, view_wish& x) {
  auto get = [&x] { return x.folder.string(); };
  auto set = [&x](std::string folder) {
    x.folder = std::move(folder);
    return true;
  };
  return f.object(x).fields(f.field("of", x.of), f.field("folder", get, set));
}

template <class Inspector>
bool inspect(Inspector& f, job_request& x) {
  return f.object(x).fields(f.field("kind", x.kind), f.field("what", x.what),
                            f.field("include", x.include), f.field("exclude", x.exclude),
                            f.field("priority", x.priority), f.field("max_rate", x.max_rate),
                            f.field("update", x.update), f.field("import_as", x.import_as),
                            f.field("idempotency_key", x.idempotency_key),
                            f.field("subject", x.subject), f.field("correlation", x.correlation),
                            f.field("views", x.views));
}

template <class Inspector>
bool inspect(Inspector& f, job_content& x) {
  return f.object(x).fields(f.field("key", x.key), f.field("size", x.size));
}

template <class Inspector>
bool inspect(Inspector& f, job_record& x) {
  return f.object(x).fields(
      f.field("id", x.id), f.field("asked", x.asked), f.field("state", x.state),
      f.field("cause", x.cause), f.field("until", x.until), f.field("progress", x.progress),
      f.field("error", x.error), f.field("artifact", x.artifact), f.field("revision", x.revision),
      f.field("contents", x.contents), f.field("rank", x.rank), f.field("position", x.position),
      f.field("created", x.created), f.field("started", x.started),
      f.field("finished", x.finished));
}

template <class Inspector>
bool inspect(Inspector& f, fact& x) {
  return f.object(x).fields(f.field("job", x.job), f.field("actor", x.actor),
                            f.field("action", x.action), f.field("weight", x.weight),
                            f.field("human", x.human), f.field("fields", x.fields),
                            f.field("correlation", x.correlation), f.field("actor_id", x.actor_id));
}

/// In this namespace for its records' sake.
template <class Inspector>
bool inspect(Inspector& f, store::page<job_record>& x) {
  return f.object(x).fields(f.field("items", x.items), f.field("next", x.next));
}

template <class Inspector>
bool inspect(Inspector& f, event& x) {
  return f.object(x).fields(f.field("seq", x.seq), f.field("time", x.time), f.field("kind", x.kind),
                            f.field("what", x.what), f.field("state", x.state),
                            f.field("progress", x.progress));
}

template <class Inspector>
bool inspect(Inspector& f, job_change& x) {
  return f.object(x).fields(f.field("max_rate", x.max_rate), f.field("priority", x.priority),
                            f.field("position", x.position));
}

template <class Inspector>
bool inspect(Inspector& f, latency_summary& x) {
  return f.object(x).fields(f.field("count", x.count), f.field("total", x.total),
                            f.field("p50", x.p50), f.field("p99", x.p99), f.field("max", x.max));
}

namespace actors {

template <class Inspector>
bool inspect(Inspector& f, description::kind& x) {
  return wire::number(f, x, description::kind::item);
}
template <class Inspector>
bool inspect(Inspector& f, actor_order& x) {
  return wire::number(f, x, actor_order::growth);
}
template <class Inspector>
bool inspect(Inspector& f, actor_action& x) {
  return wire::number(f, x, actor_action::flood);
}
template <class Inspector>
bool inspect(Inspector& f, description::row& x) {
  return f.object(x).fields(f.field("depth", x.depth), f.field("what", x.what),
                            f.field("name", x.name), f.field("text", x.text));
}
template <class Inspector>
bool inspect(Inspector& f, description& x) {
  return f.object(x).fields(f.field("rows", x.rows()));
}
template <class Inspector>
bool inspect(Inspector& f, actor_facts& x) {
  return f.object(x).fields(
      f.field("id", x.id), f.field("parent", x.parent), f.field("name", x.name),
      f.field("label", x.label), f.field("job", x.job), f.field("state", x.state),
      f.field("children", x.children), f.field("age", x.age), f.field("blocks", x.blocks),
      f.field("depth", x.depth), f.field("most_depth", x.most_depth), f.field("handled", x.handled),
      f.field("skipped", x.skipped), f.field("slow", x.slow), f.field("restarts", x.restarts),
      f.field("last_error", x.last_error), f.field("oldest", x.oldest),
      f.field("handling", x.handling), f.field("waiting", x.waiting), f.field("rate", x.rate),
      f.field("busy", x.busy), f.field("growth", x.growth));
}
template <class Inspector>
bool inspect(Inspector& f, actor_query& x) {
  return f.object(x).fields(f.field("name", x.name), f.field("job", x.job),
                            f.field("state", x.state), f.field("under", x.under),
                            f.field("by", x.by), f.field("limit", x.limit),
                            f.field("after", x.after), f.field("window", x.window));
}
template <class Inspector>
bool inspect(Inspector& f, actor_page& x) {
  return f.object(x).fields(f.field("actors", x.actors), f.field("next", x.next),
                            f.field("alive", x.alive), f.field("window", x.window));
}
template <class Inspector>
bool inspect(Inspector& f, handled_message& x) {
  return f.object(x).fields(f.field("type", x.type), f.field("sender", x.sender),
                            f.field("ago", x.ago), f.field("took", x.took),
                            f.field("waited", x.waited));
}
template <class Inspector>
bool inspect(Inspector& f, actor_name& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("name", x.name),
                            f.field("label", x.label));
}
template <class Inspector>
bool inspect(Inspector& f, actor_detail& x) {
  return f.object(x).fields(f.field("facts", x.facts), f.field("above", x.above),
                            f.field("below", x.below), f.field("messages", x.messages),
                            f.field("self", x.self), f.field("unsaid", x.unsaid));
}
template <class Inspector>
bool inspect(Inspector& f, show_actor& x) {
  return f.object(x).fields(f.field("id", x.id));
}
template <class Inspector>
bool inspect(Inspector& f, act_on_actor& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("what", x.what),
                            f.field("lasting", x.lasting), f.field("who", x.who));
}
template <class Inspector>
bool inspect(Inspector& f, actor_acted& x) {
  return f.object(x).fields(f.field("human", x.human));
}
template <class Inspector>
bool inspect(Inspector& f, take_trace& x) {
  return f.object(x).fields(f.field("under", x.under));
}
template <class Inspector>
bool inspect(Inspector& f, traced_message& x) {
  return f.object(x).fields(f.field("actor", x.actor), f.field("name", x.name),
                            f.field("type", x.type), f.field("sender", x.sender),
                            f.field("begin", x.begin), f.field("took", x.took),
                            f.field("waited", x.waited));
}
template <class Inspector>
bool inspect(Inspector& f, trace_part& x) {
  return f.object(x).fields(f.field("messages", x.messages), f.field("lost", x.lost),
                            f.field("over", x.over));
}

template <class Inspector>
bool inspect(Inspector& f, stop_reason& x) {
  return wire::number(f, x, stop_reason::pause);
}

template <class Inspector>
bool inspect(Inspector& f, submit_job& x) {
  return f.object(x).fields(f.field("asked", x.asked), f.field("token", x.token));
}
template <class Inspector>
bool inspect(Inspector& f, cancel_job& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("purge", x.purge));
}
template <class Inspector>
bool inspect(Inspector& f, cancel_jobs& x) {
  return f.object(x).fields(f.field("purge", x.purge));
}
template <class Inspector>
bool inspect(Inspector& f, jobs_cancelled& x) {
  return f.object(x).fields(f.field("count", x.count));
}
template <class Inspector>
bool inspect(Inspector& f, steer_job& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("what", x.what));
}
template <class Inspector>
bool inspect(Inspector& f, query_job& x) {
  return f.object(x).fields(f.field("id", x.id));
}
template <class Inspector>
bool inspect(Inspector& f, query_jobs& x) {
  return f.object(x).fields(f.field("limit", x.limit), f.field("cursor", x.cursor));
}
template <class Inspector>
bool inspect(Inspector& f, change_job& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("what", x.what));
}
template <class Inspector>
bool inspect(Inspector& f, replay_events& x) {
  return f.object(x).fields(f.field("job", x.job), f.field("after", x.after));
}
template <class Inspector>
bool inspect(Inspector& f, event_list& x) {
  auto get = [&x] {
    std::vector<event> out;
    for (const auto& one : x.events) out.push_back(*one);
    return out;
  };
  auto set = [&x](std::vector<event> all) {
    x.events.clear();
    for (auto& one : all) x.events.push_back(std::make_shared<const event>(std::move(one)));
    return true;
  };
  return f.object(x).fields(f.field("events", get, set));
}
template <class Inspector>
bool inspect(Inspector& f, count_jobs& x) {
  return f.object(x).fields();
}
template <class Inspector>
bool inspect(Inspector& f, job_counts& x) {
  return f.object(x).fields(f.field("by_state", x.by_state));
}
template <class Inspector>
bool inspect(Inspector& f, resolve_reference& x) {
  return f.object(x).fields(f.field("job", x.job), f.field("what", x.what), f.field("wish", x.wish),
                            f.field("token", x.token));
}
template <class Inspector>
bool inspect(Inspector& f, job_advanced& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("step", x.step));
}
template <class Inspector>
bool inspect(Inspector& f, job_planned& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("revision", x.revision),
                            f.field("contents", x.contents));
}
template <class Inspector>
bool inspect(Inspector& f, job_progressed& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("progress", x.progress));
}
template <class Inspector>
bool inspect(Inspector& f, job_settled& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("error", x.error),
                            f.field("artifact", x.artifact), f.field("moved", x.moved),
                            f.field("unplaced", x.unplaced));
}
template <class Inspector>
bool inspect(Inspector& f, narrate& x) {
  return f.object(x).fields(f.field("what", x.what), f.field("kind", x.kind),
                            f.field("state", x.state), f.field("progress", x.progress));
}

} // namespace actors
} // namespace hive
