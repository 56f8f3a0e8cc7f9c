#include "core/discovery/dns.hpp"

#include <algorithm>
#include <map>

namespace hive::discovery::dns {

namespace {

constexpr std::size_t head_size = 12;
constexpr std::size_t longest_label = 63;
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t class_any = 255;  ///< of a question
constexpr std::uint16_t top_bit = 0x8000; ///< cache-flush of a record, unicast of a question
constexpr std::uint16_t response_bit = 0x8000;
constexpr std::uint16_t authoritative_bit = 0x0400;
constexpr std::uint16_t truncated_bit = 0x0200;
/// Operation and error of the flags: both 0 in multicast DNS.
constexpr std::uint16_t other_kind = 0x780f;
constexpr std::uint8_t pointer_bits = 0xc0;

/// Reads forward; once something does not fit, everything after yields nothing.
class cursor {
 public:
  explicit cursor(std::string_view all) : all_(all) {}

  bool good() const noexcept { return good_; }
  std::size_t at() const noexcept { return at_; }

  std::uint8_t octet() { return take(1) ? byte(at_ - 1) : std::uint8_t{0}; }
  std::uint16_t number() {
    return take(2) ? static_cast<std::uint16_t>(byte(at_ - 2) << 8 | byte(at_ - 1))
                   : std::uint16_t{0};
  }
  std::uint32_t long_number() {
    const std::uint32_t high = number();
    return high << 16 | number();
  }
  std::string_view bytes(std::size_t count) {
    return take(count) ? all_.substr(at_ - count, count) : std::string_view{};
  }

  void refuse() noexcept { good_ = false; }

  /// A pointer leads backwards only, and not often, so that each name ends soon.
  name read_name() {
    std::string out;
    std::size_t place = at_;
    std::size_t lowest = at_; // what a pointer has to stay below
    std::size_t jumps = 0;
    for (;;) {
      if (place >= all_.size()) return broken();
      const auto length = byte(place);
      if ((length & pointer_bits) == pointer_bits) {
        if (place + 1 >= all_.size()) return broken();
        const auto to = static_cast<std::size_t>((length & ~pointer_bits) << 8 | byte(place + 1));
        if (jumps == 0) at_ = place + 2;
        if (to >= lowest || ++jumps > most_jumps) return broken();
        lowest = place = to;
        continue;
      }
      if (length > longest_label || place + 1 + length > all_.size()) return broken();
      if (out.size() + 1 + length > longest_name) return broken();
      out += all_.substr(place, std::size_t{1} + length);
      place += std::size_t{1} + length;
      if (length != 0) continue;
      if (jumps == 0) at_ = place;
      return name{std::move(out)};
    }
  }

 private:
  std::uint8_t byte(std::size_t place) const { return static_cast<std::uint8_t>(all_[place]); }
  bool take(std::size_t count) {
    good_ = good_ && count <= all_.size() - at_;
    if (good_) at_ += count;
    return good_;
  }
  name broken() {
    refuse();
    return {};
  }

  std::string_view all_;
  std::size_t at_{0};
  bool good_{true};
};

/// Of a class other than IN it is read past, and empty.
std::optional<record> read_record(cursor& from) {
  record out;
  out.what = from.read_name();
  out.type = from.number();
  const auto kind = from.number();
  out.flush = (kind & top_bit) != 0;
  out.ttl = from.long_number();
  const std::size_t size = from.number();
  const auto begin = from.at();
  if (out.type == type_ptr) {
    out.target = from.read_name();
  } else if (out.type == type_srv) {
    from.bytes(4); // priority and weight: there is one of each node
    out.port = from.number();
    out.target = from.read_name();
  } else {
    out.data = from.bytes(size);
  }
  // A name in it may be compressed, so it is told by where it ends.
  if (from.at() - begin != size) from.refuse();
  if ((kind & ~top_bit) != class_in) return std::nullopt;
  return out;
}

class writer {
 public:
  std::string out;

  void number(std::size_t value) {
    out.push_back(static_cast<char>(value >> 8));
    out.push_back(static_cast<char>(value));
  }
  void long_number(std::uint32_t value) {
    number(value >> 16);
    number(value & 0xffffu);
  }
  void put(const name& full) {
    std::string_view what{full.wire()};
    for (; what.size() > 1; what.remove_prefix(1 + static_cast<std::uint8_t>(what.front()))) {
      if (const auto known = places_.find(what); known != places_.end())
        return number(std::size_t{pointer_bits} << 8 | known->second);
      if (out.size() < std::size_t{1} << 14) places_.emplace(what, out.size());
      out += what.substr(0, std::size_t{1} + static_cast<std::uint8_t>(what.front()));
    }
    out.push_back('\0');
  }
  void put(const record& what) {
    put(what.what);
    number(what.type);
    number(class_in | (what.flush ? top_bit : 0));
    long_number(what.ttl);
    const auto begin = out.size();
    number(0);
    if (what.type == type_srv) {
      long_number(0);
      number(what.port);
    }
    if (what.type == type_ptr || what.type == type_srv)
      put(what.target);
    else
      out += what.data;
    const auto size = out.size() - begin - 2;
    out[begin] = static_cast<char>(size >> 8);
    out[begin + 1] = static_cast<char>(size);
  }

 private:
  std::map<std::string, std::size_t, std::less<>> places_; ///< of names in `out`
};

} // namespace

name name_of(std::string_view dotted) {
  std::string out;
  while (!dotted.empty()) {
    const auto end = std::min(dotted.find('.'), dotted.size());
    out.push_back(static_cast<char>(end));
    out += dotted.substr(0, end);
    dotted.remove_prefix(std::min(end + 1, dotted.size()));
  }
  out.push_back('\0');
  return name{std::move(out)};
}

name below(std::string_view label, const name& rest) {
  label = label.substr(0, longest_label);
  std::string out(1, static_cast<char>(label.size()));
  return name{out.append(label).append(rest.wire())};
}

std::optional<message> read(std::string_view datagram) {
  if (datagram.size() < head_size || datagram.size() > longest_message) return std::nullopt;
  cursor from{datagram};
  from.number(); // the id says nothing here
  const auto flags = from.number();
  if ((flags & other_kind) != 0) return std::nullopt;
  message out;
  out.response = (flags & response_bit) != 0;
  const std::size_t questions = from.number();
  const std::size_t answers = from.number();
  const std::size_t authorities = from.number();
  const std::size_t additional = from.number();
  const auto records = answers + authorities + additional;
  if (questions > most_questions || records > most_records) return std::nullopt;
  for (std::size_t i = 0; i < questions && from.good(); ++i) {
    question one;
    one.what = from.read_name();
    one.type = from.number();
    const auto kind = from.number() & ~top_bit;
    if ((kind == class_in || kind == class_any) && from.good())
      out.questions.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < records && from.good(); ++i) {
    auto one = read_record(from);
    const bool counts = i < answers || (i >= answers + authorities && out.response);
    if (one && from.good() && counts) out.records.push_back(std::move(*one));
  }
  if (!from.good()) return std::nullopt;
  // A response that is cut is no response; of a query, the rest are answers known.
  if (out.response && (flags & truncated_bit) != 0) return std::nullopt;
  return out;
}

std::string written(const message& what) {
  writer to;
  to.number(0);
  to.number(what.response ? response_bit | authoritative_bit : 0);
  to.number(what.questions.size());
  to.number(what.records.size());
  to.number(0);
  to.number(0);
  for (const auto& one : what.questions) {
    to.put(one.what);
    to.number(one.type);
    to.number(class_in);
  }
  for (const auto& one : what.records) to.put(one);
  return std::move(to.out);
}

} // namespace hive::discovery::dns
