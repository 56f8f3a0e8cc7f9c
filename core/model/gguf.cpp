#include "core/model/gguf.hpp"

#include <array>
#include <bit>
#include <limits>
#include <type_traits>
#include <utility>

namespace hive::model {

namespace {

constexpr std::uint64_t header_limit = 64ull << 20;
constexpr std::uint64_t most_entries = 65'536;
constexpr std::uint64_t longest_key = 65'535; // the format's own bound
constexpr std::uint64_t longest_name = 1024;
constexpr std::uint64_t longest_text = 64u << 10;
constexpr std::uint64_t most_numbers = 1024;
constexpr std::uint32_t most_dimensions = 8;
constexpr std::uint64_t most_types = 1024; // ggml counts 43 of them
constexpr int deepest_array = 4;
constexpr std::size_t block = 256u << 10;

/// Types of metadata values, by the format's numbers.
enum class kind : std::uint32_t {
  u8 = 0,
  i8 = 1,
  u16 = 2,
  i16 = 3,
  u32 = 4,
  i32 = 5,
  f32 = 6,
  boolean = 7,
  text = 8,
  array = 9,
  u64 = 10,
  i64 = 11,
  f64 = 12,
};

/// Bytes of one value; 0 for texts, arrays and what is no kind.
constexpr std::size_t width_of(std::uint64_t k) noexcept {
  constexpr std::array<std::size_t, 13> widths{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  return k < widths.size() ? widths[k] : 0;
}

constexpr bool is_float(kind k) noexcept {
  return k == kind::f32 || k == kind::f64;
}

constexpr bool is_signed(kind k) noexcept {
  return k == kind::i8 || k == kind::i16 || k == kind::i32 || k == kind::i64;
}

std::int64_t sign_extended(std::uint64_t bits, std::size_t width) noexcept {
  const auto unused = static_cast<unsigned>(64 - 8 * width);
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

gguf_value scalar_of(kind k, std::uint64_t bits) {
  if (k == kind::boolean) return bits != 0;
  if (k == kind::f32) return double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))};
  if (k == kind::f64) return std::bit_cast<double>(bits);
  if (is_signed(k)) return sign_extended(bits, width_of(static_cast<std::uint64_t>(k)));
  return bits;
}

/// `to` += a; false: too large.
bool add(std::uint64_t& to, std::uint64_t a) noexcept {
  if (a > std::numeric_limits<std::uint64_t>::max() - to) return false;
  to += a;
  return true;
}

bool multiply(std::uint64_t& to, std::uint64_t by) noexcept {
  if (by != 0 && to > std::numeric_limits<std::uint64_t>::max() / by) return false;
  to *= by;
  return true;
}

/// Reads one header from front to back.
class reader {
 public:
  explicit reader(byte_source& from)
    : from_(from), end_(std::min(from.size(), header_limit)), held_(block) {}

  result<gguf_header> run();

 private:
  failure wrong(const std::string& why) const {
    return fail(errc::not_the_artifact,
                "the GGUF header is damaged at byte " + std::to_string(at_) + ": " + why);
  }
  failure too_short() const {
    if (from_.size() > header_limit) return wrong("it is longer than 64 MiB");
    return wrong("the file ends within it");
  }

  outcome version();
  outcome skip(std::uint64_t count);
  result<std::string_view> bytes(std::size_t count); // at most a block; valid until the next call
  result<std::uint64_t> number(std::size_t width);
  result<std::string> text(std::uint64_t longest, const char* what);
  outcome entry();
  result<gguf_value> value(std::uint64_t k);
  result<gguf_value> long_text();
  result<gguf_value> array(int depth);
  outcome elements(std::uint64_t k, gguf_array& into, int depth);
  outcome tensor();

  byte_source& from_;
  std::uint64_t end_; ///< where reading stops
  std::uint64_t at_{0};
  std::vector<char> held_;
  std::uint64_t held_from_{0};
  std::size_t held_count_{0};
  gguf_header header_;
};

outcome reader::skip(std::uint64_t count) {
  if (count > end_ - at_) return too_short();
  at_ += count;
  return {};
}

result<std::string_view> reader::bytes(std::size_t count) {
  if (count > end_ - at_) return too_short();
  if (at_ < held_from_ || at_ + count > held_from_ + held_count_) {
    held_count_ = static_cast<std::size_t>(std::min<std::uint64_t>(block, end_ - at_));
    held_from_ = at_;
    HIVE_CHECK(from_.read(at_, std::span{held_}.first(held_count_)));
  }
  const auto offset = static_cast<std::size_t>(at_ - held_from_);
  at_ += count;
  return std::string_view{held_.data() + offset, count};
}

result<std::uint64_t> reader::number(std::size_t width) {
  HIVE_TRY(const auto raw, bytes(width));
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(raw[i]);
  return value;
}

result<std::string> reader::text(std::uint64_t longest, const char* what) {
  HIVE_TRY(const auto length, number(8));
  if (length > longest)
    return wrong(std::string{what} + " of " + std::to_string(length) + " bytes");
  HIVE_TRY(const auto raw, bytes(static_cast<std::size_t>(length)));
  return std::string{raw};
}

outcome reader::version() {
  HIVE_TRY(const auto magic, bytes(4));
  if (magic != "GGUF") return fail(errc::not_the_artifact, "it is no GGUF file");
  HIVE_TRY(const auto number, this->number(4));
  if (number != 0 && (number & 0xffff) == 0)
    return fail(errc::unsupported, "a big-endian GGUF file, made for other machines");
  if (number < 2 || number > 3)
    return fail(errc::unsupported, "GGUF version " + std::to_string(number) + " is not known");
  header_.version = static_cast<std::uint32_t>(number);
  return {};
}

result<gguf_value> reader::long_text() {
  HIVE_TRY(const auto length, number(8));
  if (length > longest_text) {
    HIVE_CHECK(skip(length));
    return gguf_value{};
  }
  HIVE_TRY(const auto raw, bytes(static_cast<std::size_t>(length)));
  return gguf_value{std::string{raw}};
}

outcome reader::elements(std::uint64_t k, gguf_array& into, int depth) {
  if (const auto width = width_of(k); width != 0) {
    const bool kept = !is_float(static_cast<kind>(k)) && into.count <= most_numbers;
    if (!kept && into.count > (end_ - at_) / width) return too_short();
    if (!kept) return skip(into.count * width);
    for (std::uint64_t i = 0; i < into.count; ++i) {
      HIVE_TRY(const auto bits, number(width));
      into.numbers.push_back(is_signed(static_cast<kind>(k)) ? sign_extended(bits, width)
                                                             : static_cast<std::int64_t>(bits));
    }
    return {};
  }
  for (std::uint64_t i = 0; i < into.count; ++i) {
    if (static_cast<kind>(k) == kind::text) {
      HIVE_TRY(const auto length, number(8));
      HIVE_CHECK(skip(length));
    } else {
      HIVE_TRY([[maybe_unused]] const auto inner, array(depth + 1));
    }
  }
  return {};
}

result<gguf_value> reader::array(int depth) {
  if (depth > deepest_array) return wrong("arrays are nested too deep");
  HIVE_TRY(const auto k, number(4));
  if (k > static_cast<std::uint64_t>(kind::f64)) return wrong("an array of no known type");
  gguf_array made;
  HIVE_TRY(made.count, number(8));
  HIVE_CHECK(elements(k, made, depth));
  return gguf_value{std::move(made)};
}

result<gguf_value> reader::value(std::uint64_t k) {
  if (const auto width = width_of(k); width != 0) {
    HIVE_TRY(const auto bits, number(width));
    return scalar_of(static_cast<kind>(k), bits);
  }
  if (k == static_cast<std::uint64_t>(kind::text)) return long_text();
  if (k == static_cast<std::uint64_t>(kind::array)) return array(1);
  return wrong("a value of no known type (" + std::to_string(k) + ")");
}

outcome reader::entry() {
  HIVE_TRY(auto key, text(longest_key, "a key"));
  if (key.empty()) return wrong("a key without a name");
  HIVE_TRY(const auto k, number(4));
  HIVE_TRY(auto what, value(k));
  if (!header_.values.emplace(std::move(key), std::move(what)).second)
    return wrong("a key that is there twice");
  return {};
}

outcome reader::tensor() {
  HIVE_TRY([[maybe_unused]] const auto name, text(longest_name, "a tensor's name"));
  HIVE_TRY(const auto dimensions, number(4));
  if (dimensions > most_dimensions)
    return wrong("a tensor of " + std::to_string(dimensions) + " dimensions");
  std::uint64_t count = 1;
  for (std::uint64_t i = 0; i < dimensions; ++i) {
    HIVE_TRY(const auto extent, number(8));
    if (!multiply(count, extent)) return wrong("a tensor larger than can be");
  }
  HIVE_TRY(const auto type, number(4));
  if (type >= most_types) return wrong("a tensor of type " + std::to_string(type));
  HIVE_CHECK(skip(8)); // where its data lies
  if (!add(header_.parameters, count)) return wrong("tensors larger than can be");
  header_.elements[static_cast<std::uint32_t>(type)] += count;
  return {};
}

result<gguf_header> reader::run() {
  HIVE_CHECK(version());
  HIVE_TRY(header_.tensors, number(8));
  HIVE_TRY(const auto entries, number(8));
  if (entries > most_entries) return wrong(std::to_string(entries) + " entries");
  for (std::uint64_t i = 0; i < entries; ++i) HIVE_CHECK(entry());
  for (std::uint64_t i = 0; i < header_.tensors; ++i) HIVE_CHECK(tensor());
  return std::move(header_);
}

} // namespace

std::optional<std::uint64_t> gguf_header::natural(std::string_view key) const {
  const auto found = values.find(key);
  if (found == values.end()) return std::nullopt;
  if (const auto* n = std::get_if<std::uint64_t>(&found->second)) return *n;
  const auto* n = std::get_if<std::int64_t>(&found->second);
  if (n == nullptr || *n < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*n);
}

std::string gguf_header::text(std::string_view key) const {
  const auto found = values.find(key);
  const auto* text = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string{} : *text;
}

const gguf_array* gguf_header::array(std::string_view key) const {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : std::get_if<gguf_array>(&found->second);
}

result<gguf_header> read_gguf(byte_source& from) {
  return reader{from}.run();
}

std::optional<gguf_split> split_of(const gguf_header& header) {
  const auto count = header.natural("split.count");
  if (!count || *count <= 1) return std::nullopt;
  return gguf_split{header.natural("split.no").value_or(0), *count,
                    header.natural("split.tensors.count").value_or(0)};
}

} // namespace hive::model
