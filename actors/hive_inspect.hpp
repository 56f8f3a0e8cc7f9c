#pragma once
/// How CAF reads and writes the words of actors/hive_words.hpp that travel from node to node, with
/// the bounds of what is taken.

#include "actors/hive_words.hpp"
#include "actors/inspect.hpp"

namespace hive::cluster {

template <class Inspector>
bool inspect(Inspector& f, cause& x) {
  return wire::number(f, x, cause::asked);
}
template <class Inspector>
bool inspect(Inspector& f, certainty& x) {
  return wire::number(f, x, certainty::down);
}
template <class Inspector>
bool inspect(Inspector& f, placement_kind& x) {
  return wire::number(f, x, placement_kind::label);
}
template <class Inspector>
bool inspect(Inspector& f, protocol_range& x) {
  return f.object(x).fields(f.field("oldest", x.oldest), f.field("newest", x.newest));
}
template <class Inspector>
bool inspect(Inspector& f, profile& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("name", x.name),
                            f.field("addresses", x.addresses), f.field("labels", x.labels),
                            f.field("protocol", x.protocol), f.field("boot", x.boot));
}
template <class Inspector>
bool inspect(Inspector& f, sighting& x) {
  return f.object(x).fields(f.field("observer", x.observer), f.field("level", x.level),
                            f.field("why", x.why), f.field("since", x.since));
}
template <class Inspector>
bool inspect(Inspector& f, placement& x) {
  return f.object(x).fields(f.field("kind", x.kind), f.field("name", x.name),
                            f.field("copies", x.copies));
}
template <class Inspector>
bool inspect(Inspector& f, desired_record& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("what", x.what), f.field("where", x.where),
                            f.field("asked_by", x.asked_by), f.field("asked_at", x.asked_at),
                            f.field("version", x.version), f.field("writer", x.writer),
                            f.field("removed", x.removed), f.field("written_at", x.written_at));
}

template <class Inspector>
bool inspect(Inspector& f, held_artifact& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("ref", x.ref),
                            f.field("revision", x.revision));
}
template <class Inspector>
bool inspect(Inspector& f, holding& x) {
  return f.object(x).fields(f.field("who", x.who), f.field("incarnation", x.incarnation),
                            f.field("version", x.version), f.field("count", x.count),
                            f.field("artifacts", x.artifacts));
}

} // namespace hive::cluster

namespace hive::actors {

template <class Inspector>
bool inspect(Inspector& f, row_words& x) {
  return f.object(x).fields(f.field("who", x.who), f.field("incarnation", x.incarnation),
                            f.field("version", x.version), f.field("life", x.life),
                            f.field("draining", x.draining), f.field("disk_class", x.disk_class),
                            f.field("changed", x.changed), f.field("sightings", x.sightings));
}
template <class Inspector>
bool inspect(Inspector& f, member_words& x) {
  return f.object(x).fields(f.field("kind", x.kind), f.field("news", x.news),
                            f.field("hearsay", x.hearsay), f.field("self", x.self),
                            f.field("target", x.target), f.field("sums", x.sums),
                            f.field("mask", x.mask), f.field("answer", x.answer));
}
template <class Inspector>
bool inspect(Inspector& f, wish_words& x) {
  return f.object(x).fields(f.field("records", x.records), f.field("sums", x.sums));
}
template <class Inspector>
bool inspect(Inspector& f, holding_words& x) {
  return f.object(x).fields(f.field("records", x.records), f.field("sums", x.sums));
}
template <class Inspector>
bool inspect(Inspector& f, dial_found& x) {
  return f.object(x).fields(f.field("address", x.address), f.field("why", x.why),
                            f.field("sentence", x.sentence), f.field("expires", x.expires));
}
template <class Inspector>
bool inspect(Inspector& f, checkup_words& x) {
  return f.object(x).fields(f.field("ticket", x.ticket), f.field("answer", x.answer),
                            f.field("heard", x.heard), f.field("clock", x.clock),
                            f.field("found", x.found));
}
template <class Inspector>
bool inspect(Inspector& f, revoked_words& x) {
  return f.object(x).fields(f.field("what", x.what), f.field("id", x.id),
                            f.field("reason", x.reason), f.field("signature", x.signature),
                            f.field("at", x.at));
}
template <class Inspector>
bool inspect(Inspector& f, revocation_words& x) {
  return f.object(x).fields(f.field("list", x.list));
}
template <class Inspector>
bool inspect(Inspector& f, swarm_words& x) {
  return f.object(x).fields(f.field("kind", x.kind), f.field("words", x.words));
}
template <class Inspector>
bool inspect(Inspector& f, words_taken& x) {
  return f.object(x).fields(f.field("count", x.count));
}
template <class Inspector>
bool inspect(Inspector& f, query_rooms& x) {
  return f.object(x).fields();
}
template <class Inspector>
bool inspect(Inspector& f, open_rooms& x) {
  return f.object(x).fields(f.field("queue", x.queue), f.field("narrator", x.narrator),
                            f.field("inspector", x.inspector));
}
template <class Inspector>
bool inspect(Inspector& f, call_on& x) {
  return f.object(x).fields(f.field("from", x.from), f.field("binding", x.binding),
                            f.field("who", x.who), f.field("rooms", x.rooms));
}
template <class Inspector>
bool inspect(Inspector& f, call_answered& x) {
  return f.object(x).fields(f.field("binding", x.binding), f.field("who", x.who),
                            f.field("rooms", x.rooms));
}

} // namespace hive::actors
