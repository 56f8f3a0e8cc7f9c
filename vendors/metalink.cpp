#include "vendors/metalink.hpp"

#include "core/base/ascii.hpp"
#include "vendors/metadata.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace hive::vendors {

namespace {

constexpr std::size_t longest_document = 4u << 20;
constexpr std::size_t most_files = 10'000;
constexpr std::size_t most_addresses = 100;
constexpr std::string_view name_space = "urn:ietf:params:xml:ns:metalink";

/// The highest priority is 1; without one an address comes last.
std::uint64_t priority_of(const pugi::xml_node& url) {
  const auto value = ascii::number(url.attribute("priority").value());
  return value && *value > 0 ? *value : std::numeric_limits<std::uint64_t>::max();
}

std::string text_of(const pugi::xml_node& node) {
  return std::string{ascii::trimmed(node.child_value())};
}

result<std::optional<digest>> read_hash(const std::string& where, const pugi::xml_node& file) {
  for (const auto& hash : file.children("hash")) {
    if (ascii::lowered(hash.attribute("type").value()) != "sha-256") continue;
    auto known = parse_digest("sha256:" + text_of(hash));
    if (!known) return unreadable(where, "its sha-256 is none");
    return std::optional{*std::move(known)};
  }
  return std::optional<digest>{};
}

outcome read_addresses(const std::string& where, const pugi::xml_node& from, metalink_file& file) {
  std::vector<std::pair<std::uint64_t, std::string>> ordered;
  for (const auto& url : from.children("url")) {
    if (ordered.size() + file.others.size() >= most_addresses)
      return unreadable(where, "it has more than 100 addresses");
    auto address = text_of(url);
    if (ascii::has_control(address)) return unreadable(where, "it has an address that is none");
    if (address.starts_with("http://") || address.starts_with("https://"))
      ordered.emplace_back(priority_of(url), std::move(address));
    else
      file.others.push_back(std::move(address));
  }
  for (const auto& meta : from.children("metaurl")) {
    if (file.others.size() >= most_addresses) break;
    file.others.push_back(text_of(meta));
  }
  std::ranges::stable_sort(ordered, {}, &std::pair<std::uint64_t, std::string>::first);
  for (auto& [priority, address] : ordered) file.urls.push_back(std::move(address));
  return {};
}

result<metalink_file> read_file(std::string_view document, const pugi::xml_node& from) {
  metalink_file file;
  file.name = from.attribute("name").value();
  const auto where = std::string{document} + " at '" + quotable(file.name) + "'";
  if (const auto size = from.child("size")) {
    file.size = ascii::number(text_of(size));
    if (!file.size || *file.size > largest_file)
      return unreadable(where, "its size is not from 0 to 16 TiB");
  }
  HIVE_TRY(file.expected, read_hash(where, from));
  HIVE_CHECK(read_addresses(where, from, file));
  return file;
}

} // namespace

result<std::vector<metalink_file>> read_metalink(std::string_view where, std::string_view text) {
  if (text.size() > longest_document) return unreadable(where, "it is larger than 4 MiB");
  pugi::xml_document document;
  // No document types, no processing instructions, and no entities but XML's own five.
  const auto parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) return unreadable(where, std::string{"it is no XML: "} + parsed.description());
  const auto root = document.child("metalink");
  if (root.attribute("xmlns").value() != name_space)
    return unreadable(where, "it is no Metalink of version 4 (RFC 5854)");
  std::vector<metalink_file> out;
  std::set<std::string> names;
  for (const auto& entry : root.children("file")) {
    if (out.size() >= most_files) return unreadable(where, "it has more than 10,000 files");
    HIVE_TRY(auto file, read_file(where, entry));
    if (!names.insert(file.name).second)
      return unreadable(where, "it names '" + quotable(file.name) + "' twice");
    out.push_back(std::move(file));
  }
  if (out.empty()) return unreadable(where, "it has no files");
  return out;
}

} // namespace hive::vendors
