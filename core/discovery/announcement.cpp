#include "core/discovery/announcement.hpp"

#include "core/base/address.hpp"
#include "core/base/ascii.hpp"
#include "core/base/digest.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <iterator>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace hive::discovery {

namespace {

constexpr std::size_t fingerprint_size = 64;
constexpr std::size_t longest_txt = 1300;
constexpr std::string_view txt_version = "1";

void put_pair(std::string& to, std::string_view key, std::string_view value) {
  to.push_back(static_cast<char>(key.size() + 1 + value.size()));
  to.append(key).append("=").append(value);
}

struct txt_pairs {
  std::optional<std::string_view> version, hive, id, protocol;

  void take(std::string_view pair) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    const auto key = ascii::lowered(pair.substr(0, equals));
    auto* const at = key == "txtvers" ? &version
                     : key == "hive"  ? &hive
                     : key == "id"    ? &id
                     : key == "proto" ? &protocol
                                      : nullptr;
    if (at != nullptr && !*at) *at = pair.substr(equals + 1);
  }
};

std::optional<std::uint16_t> version_number(std::string_view text) {
  const auto value = ascii::number(text);
  if (!value || *value == 0 || *value > UINT16_MAX || text.size() > 5) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

/// "1" or "1-2".
bool read_versions(std::string_view text, announcement& to) {
  const auto dash = text.find('-');
  const auto oldest = version_number(text.substr(0, dash));
  const auto newest =
      dash == std::string_view::npos ? oldest : version_number(text.substr(dash + 1));
  if (!oldest || !newest || *oldest > *newest) return false;
  to.oldest = *oldest;
  to.newest = *newest;
  return true;
}

failure bad_txt(const char* what) {
  return fail(errc::bad_request, std::string{"the announcement "} + what);
}

dns::name host_name(const announcement& who) {
  static const auto local = dns::name_of("local");
  return dns::below("hive-" + who.node.value, local);
}
dns::name instance_name(const announcement& who) {
  return dns::below(who.node.value, service_name());
}

/// The address record of "host:port"; empty when the host is no numeric address.
std::optional<dns::record> address_record(const std::string& address) {
  const auto parts = split_address(address);
  if (!parts || !parts->port) return std::nullopt;
  std::string host{parts->host};
  const bool six = host.starts_with('[');
  if (six) host = host.substr(1, host.size() - 2);
  std::array<char, sizeof(in6_addr)> raw{};
  if (::inet_pton(six ? AF_INET6 : AF_INET, host.c_str(), raw.data()) != 1) return std::nullopt;
  dns::record out;
  out.type = six ? dns::type_aaaa : dns::type_a;
  out.data.assign(raw.data(), six ? sizeof(in6_addr) : sizeof(in_addr));
  return out;
}

bool is_of_one_machine(const in_addr& raw) {
  const auto host = ntohl(raw.s_addr);
  const auto first = host >> 24;
  // 0/8, loopback, 169.254/16, and from multicast upwards.
  return first != 0 && first != 127 && host >> 16 != 0xa9fe && first < 224;
}

bool is_of_one_machine(const in6_addr& raw) {
  return !IN6_IS_ADDR_UNSPECIFIED(&raw) && !IN6_IS_ADDR_LOOPBACK(&raw) &&
         !IN6_IS_ADDR_LINKLOCAL(&raw) && !IN6_IS_ADDR_MULTICAST(&raw) &&
         !IN6_IS_ADDR_V4MAPPED(&raw) && !IN6_IS_ADDR_V4COMPAT(&raw);
}

/// The one that a response has of a name and type.
const dns::record* find_record(const dns::message& in, const dns::name& what, std::uint16_t type) {
  const auto at = std::ranges::find_if(
      in.records, [&](const auto& one) { return one.type == type && one.what == what; });
  return at == in.records.end() ? nullptr : &*at;
}

std::optional<sighting> sighting_at(const dns::message& in, const dns::name& instance) {
  const auto* const txt = find_record(in, instance, dns::type_txt);
  const auto* const srv = find_record(in, instance, dns::type_srv);
  if (txt == nullptr || srv == nullptr || srv->port == 0) return std::nullopt;
  auto who = read_txt(txt->data);
  if (!who || instance != instance_name(*who)) return std::nullopt;
  sighting out{std::move(*who), {}, std::min(std::chrono::seconds{srv->ttl}, longest_life)};
  for (const auto& one : in.records) {
    if (one.what != srv->target || out.addresses.size() >= most_addresses) continue;
    auto address = address_of(one, srv->port);
    if (!address.empty() && std::ranges::find(out.addresses, address) == out.addresses.end())
      out.addresses.push_back(std::move(address));
  }
  if (out.addresses.empty() && out.lasts.count() > 0) return std::nullopt;
  return out;
}

/// The instances a response points to, each once.
std::vector<std::reference_wrapper<const dns::name>> instances_in(const dns::message& response) {
  std::vector<std::reference_wrapper<const dns::name>> out;
  for (const auto& one : response.records) {
    if (one.type != dns::type_ptr || one.what != service_name()) continue;
    const bool repeated =
        std::ranges::any_of(out, [&](const dns::name& known) { return known == one.target; });
    if (!repeated) out.emplace_back(one.target);
    if (out.size() >= most_instances) break;
  }
  return out;
}

/// Whether a query says that it knows this pointer for at least half its life.
bool knows(const dns::message& query, const dns::name& what, const dns::name& target) {
  return std::ranges::any_of(query.records, [&](const dns::record& one) {
    return one.type == dns::type_ptr && one.what == what && one.target == target &&
           std::chrono::seconds{one.ttl} * 2 >= usual_life;
  });
}

} // namespace

const dns::name& service_name() {
  static const auto name = dns::name_of("_hive._tcp.local");
  return name;
}

const dns::name& catalogue_name() {
  static const auto name = dns::name_of("_services._dns-sd._udp.local");
  return name;
}

std::string txt_of(const announcement& what) {
  auto versions = std::to_string(what.oldest);
  if (what.newest != what.oldest) versions += "-" + std::to_string(what.newest);
  std::string out;
  put_pair(out, "txtvers", txt_version);
  put_pair(out, "hive", what.hive);
  put_pair(out, "proto", versions);
  put_pair(out, "id", what.node.value);
  return out;
}

result<announcement> read_txt(std::string_view data) {
  if (data.size() > longest_txt) return bad_txt("is too long");
  txt_pairs found;
  while (!data.empty()) {
    const std::size_t size = static_cast<std::uint8_t>(data.front());
    if (size >= data.size()) return bad_txt("is cut");
    found.take(data.substr(1, size));
    data.remove_prefix(1 + size);
  }
  if (found.version != txt_version) return bad_txt("is of another version");
  announcement out;
  if (!found.hive || !is_hex(*found.hive, fingerprint_size) ||
      std::ranges::any_of(*found.hive, ascii::is_upper))
    return bad_txt("names no hive");
  if (!found.id || !is_ulid(*found.id)) return bad_txt("names no node");
  if (!found.protocol || !read_versions(*found.protocol, out))
    return bad_txt("names no protocol version");
  out.hive = *found.hive;
  out.node.value = *found.id;
  return out;
}

std::string address_of(const dns::record& what, std::uint16_t port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto tail = ":" + std::to_string(port);
  if (what.type == dns::type_a && what.data.size() == sizeof(in_addr)) {
    in_addr raw{};
    std::ranges::copy(what.data, reinterpret_cast<char*>(&raw));
    if (!is_of_one_machine(raw)) return {};
    return ::inet_ntop(AF_INET, &raw, text.data(), text.size()) + tail;
  }
  if (what.type == dns::type_aaaa && what.data.size() == sizeof(in6_addr)) {
    in6_addr raw{};
    std::ranges::copy(what.data, reinterpret_cast<char*>(&raw));
    if (!is_of_one_machine(raw)) return {};
    return "[" + std::string{::inet_ntop(AF_INET6, &raw, text.data(), text.size())} + "]" + tail;
  }
  return {};
}

std::optional<dns::message> message_of(const announcement& who,
                                       const std::vector<std::string>& addresses,
                                       std::chrono::seconds life) {
  const auto ttl = static_cast<std::uint32_t>(life.count());
  const auto instance = instance_name(who);
  const auto host = host_name(who);
  dns::message out;
  out.response = true;
  // Every node says this one: who leaves takes nothing back for the others.
  if (ttl > 0)
    out.records.push_back({catalogue_name(), dns::type_ptr, false, ttl, {}, service_name(), 0});
  out.records.push_back({service_name(), dns::type_ptr, false, ttl, {}, instance, 0});
  out.records.push_back({instance, dns::type_txt, true, ttl, txt_of(who), {}, 0});
  dns::record srv{instance, dns::type_srv, true, ttl, {}, host, 0};
  std::vector<dns::record> hosts;
  for (const auto& address : addresses) {
    auto one = address_record(address);
    if (!one || hosts.size() >= most_addresses) continue;
    srv.port = *split_address(address)->port;
    one->what = host;
    one->flush = true;
    one->ttl = ttl;
    hosts.push_back(std::move(*one));
  }
  if (hosts.empty()) return std::nullopt;
  out.records.push_back(std::move(srv));
  std::ranges::move(hosts, std::back_inserter(out.records));
  return out;
}

std::vector<sighting> sightings_in(const dns::message& response) {
  std::vector<sighting> out;
  if (!response.response) return out;
  for (const auto& one : instances_in(response)) {
    if (auto seen = sighting_at(response, one)) out.push_back(std::move(*seen));
    if (out.size() >= most_announced) break;
  }
  return out;
}

bool asks_for(const dns::question& what, const announcement& who) {
  const auto is = [&](const dns::name& name, std::initializer_list<std::uint16_t> types) {
    return what.what == name &&
           (what.type == dns::type_any || std::ranges::find(types, what.type) != types.end());
  };
  return is(service_name(), {dns::type_ptr}) || is(catalogue_name(), {dns::type_ptr}) ||
         is(instance_name(who), {dns::type_srv, dns::type_txt}) ||
         is(host_name(who), {dns::type_a, dns::type_aaaa});
}

bool wants_to_know(const dns::message& query, const announcement& who) {
  const bool knows_node = knows(query, service_name(), instance_name(who));
  const bool knows_service = knows(query, catalogue_name(), service_name());
  return std::ranges::any_of(query.questions, [&](const dns::question& one) {
    const bool known = (knows_node && one.what == service_name()) ||
                       (knows_service && one.what == catalogue_name());
    return !known && asks_for(one, who);
  });
}

dns::message inquiry() {
  dns::message out;
  out.questions.push_back({service_name(), dns::type_ptr});
  return out;
}

} // namespace hive::discovery
