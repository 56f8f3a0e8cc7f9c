#include "apps/hive/context.hpp"
#include "apps/hive/libraries.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/member_findings.hpp"
#include "apps/hive/membership.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "core/base/units.hpp"
#include "core/base/version.hpp"
#include "core/discovery/search.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/database.hpp"
#include "core/store/home.hpp"
#include "core/trust/renewal.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>

#include <unistd.h>

namespace hive::cli {
namespace {

enum class verdict : std::uint8_t { ok, warn, fail };

constexpr const char* word(verdict v) noexcept {
  return v == verdict::ok ? "ok" : v == verdict::warn ? "warn" : "fail";
}

/// One line each; the worst decides the exit code.
class report {
 public:
  explicit report(bool as_json) : as_json_{as_json} {}

  void line(verdict v, const std::string& what, const std::string& text) {
    failed_ = failed_ || v == verdict::fail;
    if (!as_json_) {
      say(pad_right(word(v), 5) + pad_right(what, 20) + printable(text));
      return;
    }
    json::object one;
    one["verdict"] = word(v);
    one["what"] = what;
    one["text"] = text;
    lines_.emplace_back(std::move(one));
  }
  void line(const std::string& what, const failure& why) {
    line(verdict::fail, what, sentence(why));
  }

  int finish() {
    if (as_json_) say(json::text(lines_));
    return failed_ ? 1 : 0;
  }

 private:
  bool as_json_;
  bool failed_{false};
  json::array lines_;
};

void tell_settings(report& to, const context& at) {
  for (const auto& one : at.settings.settings) {
    auto origin = std::string{to_string(one.from)};
    if (!one.source.empty() && one.source != origin) origin += ": " + one.source;
    to.line(verdict::ok, one.key, (one.value.empty() ? "-" : one.value) + "  (" + origin + ")");
  }
}

/// The nearest folder that exists: where the home would be made.
std::filesystem::path ground_of(std::filesystem::path where) {
  std::error_code error;
  while (!std::filesystem::exists(where, error) && where.has_relative_path())
    where = where.parent_path();
  return where;
}

void check_home(report& to, const store::home& home) {
  const auto ground = ground_of(home.root);
  std::error_code error;
  const bool there = ground == home.root;
  if (!std::filesystem::is_directory(ground, error)) {
    to.line("home", fail(errc::home_unwritable, ground.string() + " is not a folder"));
  } else if (::access(ground.c_str(), W_OK | X_OK) != 0) {
    to.line("home", fail(errc::home_unwritable, ground.string() + " cannot be written"));
  } else {
    to.line(verdict::ok, "home",
            home.root.string() + (there ? " can be written" : " will be made"));
  }
}

void check_room(report& to, const store::home& home, std::uint64_t reserve) {
  const auto space = store::free_bytes(store::home{ground_of(home.root)});
  if (!space) return to.line("disk space", space.why());
  const auto text = format_bytes(*space) + " free, " + format_bytes(reserve) + " kept in reserve";
  if (*space <= reserve)
    to.line(verdict::fail, "disk space", text + "; free some space, for example with 'hive rm'");
  else
    to.line(*space < reserve + (10ull << 30) ? verdict::warn : verdict::ok, "disk space", text);
}

void check_database(report& to, const store::home& home) {
  std::error_code error;
  if (!std::filesystem::exists(home.database(), error))
    return to.line(verdict::ok, "database", "none yet; the first command makes it");
  auto opened = store::database::open(home.database());
  if (!opened) return to.line("database", opened.why());
  const auto all = (*opened)->all_artifacts();
  if (!all) return to.line("database", all.why());
  to.line(verdict::ok, "database",
          home.database().string() + " reads, artifacts: " + std::to_string(all->size()));
}

std::string size_or_unknown(json::node from) {
  return from.is_null() ? "unknown" : format_bytes(from.natural().value_or(0));
}

void tell_devices(report& to, json::node devices) {
  for (const auto& one : devices.elements()) {
    auto text = one["vendor"].text();
    for (const auto* part : {"name", "driver"})
      if (!one[part].is_null()) text += ", " + one[part].text();
    to.line(verdict::ok, "device " + one["bus"].text(),
            text + ", memory " + size_or_unknown(one["memory_total"]) + ", in use " +
                size_or_unknown(one["memory_used"]));
  }
}

/// How this node and the others reach each other.
void check_members(report& to, client& node, std::string_view own_version) {
  const auto known = node.get("/v1/members");
  if (!known) return to.line(verdict::warn, "members", sentence(known.why()));
  const auto all = known->body.root();
  if (!all["in_hive"].boolean().value_or(false)) return;
  const auto island = all["island"];
  const auto visible = island["visible"].natural().value_or(0);
  const auto expected = island["expected"].natural().value_or(0);
  auto text = std::to_string(visible) + " of " + std::to_string(expected) + " are in reach";
  if (!island["majority"].boolean().value_or(false))
    text += ", which is no majority: 'hive gc', 'hive rm' and 'hive nodes --forget' want --force";
  to.line(visible == expected ? verdict::ok : verdict::warn, "members", text);
  const auto checked = node.call("POST", "/v1/members/check");
  if (!checked) return to.line(verdict::warn, "members", sentence(checked.why()));
  for (const auto& one : findings_of(checked->body.root(), own_version, wall_now()))
    to.line(one.ok ? verdict::ok : verdict::warn, one.what, one.text);
}

void check_node(report& to, context& at) {
  auto place = lodging::find(at, wanted_node::running);
  const bool named = !at.config_values().node.empty();
  if (!place && place.why().code == errc::no_node)
    return to.line(verdict::ok, "node",
                   "none is running; 'hive serve' starts one, 'hive pull' needs none");
  if (!place) return to.line("node", place.why());
  const auto got = (*place)->node().get("/v1/node");
  if (!got) return to.line(named ? verdict::fail : verdict::warn, "node", sentence(got.why()));
  const auto seen = got->body.root();
  const auto health = seen["health"].text();
  const auto text = (*place)->node().url() + " answers: " + seen["name"].text() + ", version " +
                    seen["version"].text() + ", " + health + " " + seen["health_reason"].text();
  to.line(health == "ok" ? verdict::ok : verdict::warn, "node", text);
  tell_devices(to, seen["devices"]);
  to.line(verdict::ok, "disk promised",
          format_bytes(seen["disk_promised"].natural().value_or(0)) +
              " of the free bytes are still to come for running jobs");
  check_members(to, (*place)->node(), seen["version"].text());
}

void check_certificate(report& to, const trust::hive_folder& hive) {
  const auto& chain = hive.chain();
  const auto revoked = hive.books().revoked();
  if (!revoked) return to.line("certificate", revoked.why());
  const auto seen = trust::verify_peer(chain.own, chain.authority, *revoked,
                                       trust::peer_role::client, wall_now());
  if (!seen) return to.line("certificate", seen.error().why);
  const bool due = trust::is_due(chain, wall_now());
  const auto text =
      "of node " + hive.node().value + ", good until " + minute_of(seen->not_after) + " UTC";
  to.line(due ? verdict::warn : verdict::ok, "certificate",
          due ? text + ": it is to be renewed, which a running node does" : text);
}

void check_membership(report& to, const store::home& home) {
  if (!trust::hive_folder::is_there(home))
    return to.line(verdict::ok, "membership", "of no hive; a node alone needs none");
  const auto hive = trust::hive_folder::open(home);
  if (!hive) return to.line("membership", hive.why());
  const auto key = hive->key();
  if (!key) return to.line("membership", key.why());
  const auto& authority = hive->chain().authority;
  to.line(verdict::ok, "membership",
          "of the hive " + hive->name() + " (" + hive->hive().value + ")" +
              (hive->issues() ? ", whose key is here" : ""));
  check_certificate(to, *hive);
  to.line(verdict::ok, "authority",
          "sha256 " + authority.fingerprint() + ", good until " + minute_of(authority.not_after()) +
              " UTC");
}

/// Who is announced on the local networks, whether a node runs here or not.
void check_mdns(report& to, const config& values) {
  constexpr std::chrono::milliseconds answered_within{1500};
  if (values.mdns == "off")
    return to.line(verdict::ok, "mdns",
                   "switched off; nodes are found at the addresses of --join and of the members "
                   "known last");
  const auto around = discovery::search::begin({});
  if (!around) return to.line("mdns", around.why());
  const auto where = (*around)->networks();
  if (!where.failed.empty())
    to.line(verdict::warn, "mdns", "not heard there: " + listed(where.failed));
  if (where.open.empty() && where.failed.empty())
    to.line(verdict::ok, "mdns", "no local network: no interface with IPv4 takes multicast");
  if (where.open.empty()) return;
  std::string hive;
  node_id self;
  if (const auto own = trust::hive_folder::open(store::home{values.home})) {
    hive = own->chain().authority.fingerprint();
    self = own->node();
  }
  const auto until = std::chrono::steady_clock::now() + answered_within;
  std::vector<discovery::sighting> heard;
  while (auto one = (*around)->next(until)) heard.push_back(std::move(*one));
  const auto found = finding_of(heard, hive, self);
  to.line(verdict::ok, found.what, found.text + "; heard on " + listed(where.open));
}

void check_terminal(report& to) {
  const auto size = terminal_extent();
  if (on_terminal())
    to.line(verdict::ok, "terminal",
            std::to_string(size.columns) + " columns, " + std::to_string(size.rows) + " rows");
  else
    to.line(verdict::ok, "terminal", "none: progress is told line by line");
}

int doctor(context& at) {
  report to{at.json};
  to.line(verdict::ok, "hive", std::string{version()});
  for (const auto& one : libraries()) to.line(verdict::ok, one.name, one.version);
  if (const auto loaded = at.load(); !loaded) {
    to.line("settings", loaded.why());
    return to.finish();
  }
  tell_settings(to, at);
  const store::home home{at.config_values().home};
  check_home(to, home);
  check_room(to, home, at.config_values().disk_reserve);
  check_database(to, home);
  check_membership(to, home);
  check_node(to, at);
  check_mdns(to, at.config_values());
  check_terminal(to);
  return to.finish();
}

} // namespace

void add_doctor(CLI::App& app, context& at) {
  app.add_subcommand("doctor", "check this machine, and show every setting with its origin")
      ->callback([&at] {
        at.without_settings = true;
        at.run = doctor;
      });
}

} // namespace hive::cli
