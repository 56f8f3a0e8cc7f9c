#include "core/sim/hive_model.hpp"

#include <algorithm>
#include <utility>

namespace hive::sim {

using cluster::reachability;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr sim_time excuse_for = 20s;
constexpr sim_time dial_pause = 1s;
/// 2026-01-01T00:00:00Z: any fixed day will do.
constexpr wall_time first_day{std::chrono::seconds{1767225600}};

/// What a real node tells of itself takes about as many bytes.
cluster::profile made_up(std::size_t number) {
  cluster::profile p;
  auto digits = std::to_string(number);
  digits.insert(0, 6 - std::min<std::size_t>(6, digits.size()), '0');
  p.id.value = "01HXSIMULATEDNODE000" + digits;
  p.name = "node-" + digits;
  p.addresses = {"10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1) +
                 ":7836"};
  p.boot = mixed(number + 1);
  return p;
}

} // namespace

hive_model::hive_model(network& net, hive_options options)
  : net_(net), options_(options), random_(options.seed), number_(net.add(*this)),
    nodes_(net.size()) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& n = nodes_[i];
    n.who = std::make_shared<const cluster::profile>(made_up(i));
    by_id_[n.who->id.value] = static_cast<node_index>(i);
    const auto either_way = [this](auto most) {
      const auto span = static_cast<std::int64_t>(most);
      return static_cast<std::int64_t>(random_.below(2 * static_cast<std::uint64_t>(span) + 1)) -
             span;
    };
    n.skew = milliseconds{either_way(options.most_skew.count())};
    n.drift_ppm = static_cast<int>(either_way(options.most_drift_ppm));
    n.offset = milliseconds{static_cast<milliseconds::rep>(random_.below(1'000'000))};
  }
}

cluster::moment hive_model::clock(const resident& n) const noexcept {
  const auto drifted = net_.now() + net_.now() * n.drift_ppm / 1'000'000;
  const auto passed = std::chrono::duration_cast<milliseconds>(drifted + n.offset);
  return {passed, first_day + std::chrono::duration_cast<milliseconds>(drifted) + n.skew};
}

/// The first moment at which the node's clock shows `steady`, a little late rather than early.
sim_time hive_model::when(const resident& n, milliseconds steady) const noexcept {
  const auto drifted = sim_time{steady} - n.offset;
  const auto plain = drifted - drifted * n.drift_ppm / 1'000'000;
  return std::max(plain + 10us, net_.now() + 10us);
}

void hive_model::create(node_index at, std::vector<cluster::row_ptr> known) {
  auto& n = nodes_[at];
  auto self = *n.who;
  self.boot = mixed(self.boot + n.incarnation);
  cluster::birth begin{std::move(self), ++n.incarnation, random_.next()};
  begin.known = std::move(known);
  n.core.emplace(std::move(begin), clock(n));
  n.dialled = -dial_pause;
  net_.start(at);
  net_.wake_at(number_, at, net_.now() + 1us);
}

void hive_model::start_members() {
  std::vector<cluster::row_ptr> known;
  for (std::size_t i = 0; i < options_.members; ++i) {
    auto& n = nodes_[i];
    cluster::member_row row;
    auto self = *n.who;
    self.boot = mixed(self.boot);
    row.who = std::make_shared<const cluster::profile>(std::move(self));
    row.incarnation = 1;
    row.life = cluster::lifecycle::up;
    row.changed = clock(n).wall;
    known.push_back(cluster::sealed(std::move(row)));
  }
  for (std::size_t i = 0; i < options_.members; ++i) create(static_cast<node_index>(i), known);
}

void hive_model::start(node_index at, node_index seed) {
  auto& n = nodes_[at];
  n.seed = seed;
  excuse(at);
  create(at, std::exchange(n.remembered, {}));
}

void hive_model::leave(node_index at) {
  auto& n = nodes_[at];
  excuse(at);
  if (n.core) act(at, n.core->leave(clock(n)));
}

reachability hive_model::seen(node_index at, node_index of) const {
  const auto* here = core(at);
  const auto view = here ? here->view(id(of)) : std::nullopt;
  return view && view->row->life < cluster::lifecycle::left ? view->reach
                                                            : reachability::unreachable;
}

std::vector<node_index> hive_model::monitors(node_index of) const {
  std::vector<node_index> out;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (i != of && nodes_[i].core && nodes_[i].core->watches(id(of)))
      out.push_back(static_cast<node_index>(i));
  return out;
}

bool hive_model::agree() const {
  const cluster::membership* first = nullptr;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!net_.is_running(static_cast<node_index>(i))) continue;
    const auto& here = *nodes_[i].core;
    if (!first) first = &here;
    if (here.table().sums() != first->table().sums()) return false;
  }
  for (std::size_t i = 0; first && i < nodes_.size(); ++i) {
    const auto* row = first->table().find(nodes_[i].who->id);
    const bool lost = !row || row->life >= cluster::lifecycle::left ||
                      reachability_of(*row) >= reachability::unreachable;
    const bool runs = net_.is_running(static_cast<node_index>(i));
    if (runs == lost) return false;
    if (runs && (row->incarnation != nodes_[i].core->incarnation() ||
                 row->life == cluster::lifecycle::joining))
      return false;
  }
  return true;
}

void hive_model::excuse(node_index at) {
  nodes_[at].excused_until = net_.now() + excuse_for;
}

void hive_model::excuse_all() {
  for (auto& n : nodes_) n.excused_until = net_.now() + excuse_for;
}

/// Whether what a node says of another has a cause among the faults.
void hive_model::judge(node_index at, const cluster::member_event& e) {
  using cluster::event_kind;
  if (e.kind == event_kind::suspect) ++alarms_.suspects;
  if (e.kind != event_kind::unreachable && e.kind != event_kind::down) return;
  const auto of = index(e.subject->id());
  const bool excused = !net_.is_running(of) || net_.now() < nodes_[of].excused_until ||
                       net_.now() < nodes_[at].excused_until;
  if (excused) return;
  ++(e.kind == event_kind::down ? alarms_.down : alarms_.unreachable);
}

ticket hive_model::keep(cluster::message what) {
  if (free_mail_.empty()) {
    mail_.push_back(std::move(what));
    return mail_.size() - 1;
  }
  const auto place = free_mail_.back();
  free_mail_.pop_back();
  mail_[place] = std::move(what);
  return place;
}

void hive_model::act(node_index at, cluster::actions what) {
  for (auto& one : what.send) {
    const auto bytes = cluster::wire_bytes(one.what);
    const auto to = index(one.to->id);
    net_.send(number_, at, to, keep(std::move(one.what)), bytes);
  }
  for (const auto& e : what.events) {
    judge(at, e);
    if (hook_) hook_(at, e);
  }
  auto& n = nodes_[at];
  n.incarnation = n.core->incarnation();
  if (n.core->is_over())
    net_.stop(at);
  else
    net_.wake_at(number_, at, when(n, what.wake));
}

void hive_model::deliver(node_index to, node_index from, ticket what, bool again) {
  auto& n = nodes_[to];
  const auto carried = again ? mail_[what] : std::exchange(mail_[what], cluster::message{});
  if (!again) free_mail_.push_back(what);
  if (n.core) act(to, n.core->hear(id(from), carried, clock(n)));
}

void hive_model::lose(ticket what) {
  mail_[what] = cluster::message{};
  free_mail_.push_back(what);
}

void hive_model::wake(node_index at) {
  auto& n = nodes_[at];
  if (!n.core) return;
  act(at, n.core->tick(clock(n)));
  if (n.core && n.core->self()->life == cluster::lifecycle::joining) dial_seed(at);
}

/// A node that joins dials its seed until it is a member.
void hive_model::dial_seed(node_index at) {
  auto& n = nodes_[at];
  if (net_.now() - n.dialled < dial_pause) return;
  n.dialled = net_.now();
  auto& other = nodes_[n.seed];
  if (!net_.is_running(n.seed) || !net_.is_open(at, n.seed) || !net_.is_open(n.seed, at)) return;
  const auto mine = n.core->self();
  act(at, n.core->link_up(other.core->self(), clock(n)));
  act(n.seed, other.core->link_up(mine, clock(other)));
}

void hive_model::refused(node_index at, node_index peer, bool reset) {
  auto& n = nodes_[at];
  if (!n.core) return;
  const auto why = reset ? cluster::cause::reset : cluster::cause::refused;
  act(at, n.core->link_down(id(peer), why, clock(n)));
}

void hive_model::died(node_index at, bool resets) {
  auto& n = nodes_[at];
  if (!n.core) return;
  for (std::size_t i = 0; resets && i < nodes_.size(); ++i) {
    const auto& other = nodes_[i];
    if (i != at && other.core && (other.core->watches(id(at)) || n.core->watches(other.who->id)))
      net_.refuse(number_, static_cast<node_index>(i), at, true);
  }
  n.remembered = n.core->known();
  if (n.core->self()->life >= cluster::lifecycle::leaving) n.remembered.clear();
  n.core.reset();
}

} // namespace hive::sim
