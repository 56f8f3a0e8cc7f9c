#include "core/base/json.hpp"

// Boost.JSON as source: this is its one translation unit.
#include <boost/json/src.hpp>
#include <simdjson.h>

#include <bit>
#include <type_traits>

namespace hive::json {

namespace {

namespace dom = simdjson::dom;

/// What a node stores; simdjson makes its elements of the same two words but lets nobody build
/// them.
struct element_words {
  const void* document;
  std::size_t index;
};
static_assert(sizeof(element_words) == sizeof(dom::element));
static_assert(std::is_trivially_copyable_v<dom::element>);

dom::element as_element(const void* document, std::size_t index) noexcept {
  return std::bit_cast<dom::element>(element_words{document, index});
}

template <class T>
std::optional<T> get(const void* document, std::size_t index) noexcept {
  if (document == nullptr) return std::nullopt;
  T got{};
  if (as_element(document, index).get(got) != simdjson::SUCCESS) return std::nullopt;
  return got;
}

value copy_of(dom::element from) {
  switch (from.type()) {
  case dom::element_type::ARRAY: {
    array to;
    dom::array elements;
    if (from.get(elements) == simdjson::SUCCESS)
      for (const auto element : elements) to.push_back(copy_of(element));
    return to;
  }
  case dom::element_type::OBJECT: {
    object to;
    dom::object fields;
    if (from.get(fields) == simdjson::SUCCESS)
      for (const auto field : fields) to.emplace(field.key, copy_of(field.value));
    return to;
  }
  case dom::element_type::INT64: return from.get_int64().value_unsafe();
  case dom::element_type::UINT64: return from.get_uint64().value_unsafe();
  case dom::element_type::DOUBLE: return from.get_double().value_unsafe();
  case dom::element_type::STRING:
    return value(boost::json::string(from.get_string().value_unsafe()));
  case dom::element_type::BOOL: return from.get_bool().value_unsafe();
  case dom::element_type::NULL_VALUE: return nullptr;
  }
  return nullptr;
}

} // namespace

std::string text(const value& v) {
  return boost::json::serialize(v);
}

bool node::is_null() const noexcept {
  return document_ == nullptr || as_element(document_, index_).is_null();
}
bool node::is_object() const noexcept {
  return document_ != nullptr && as_element(document_, index_).is_object();
}
bool node::is_array() const noexcept {
  return document_ != nullptr && as_element(document_, index_).is_array();
}
std::optional<std::string_view> node::string() const noexcept {
  return get<std::string_view>(document_, index_);
}
std::string node::text() const {
  return std::string{string().value_or("")};
}
std::optional<std::int64_t> node::integer() const noexcept {
  return get<std::int64_t>(document_, index_);
}
std::optional<std::uint64_t> node::natural() const noexcept {
  return get<std::uint64_t>(document_, index_);
}
std::optional<double> node::number() const noexcept {
  return get<double>(document_, index_);
}
std::optional<bool> node::boolean() const noexcept {
  return get<bool>(document_, index_);
}

node node::operator[](std::string_view key) const noexcept {
  node found;
  if (const auto all = get<dom::object>(document_, index_)) {
    dom::element at;
    if (all->at_key(key).get(at) == simdjson::SUCCESS) {
      const auto words = std::bit_cast<element_words>(at);
      found.document_ = words.document;
      found.index_ = words.index;
    }
  }
  return found;
}

std::vector<node> node::elements() const {
  std::vector<node> found;
  if (const auto all = get<dom::array>(document_, index_)) {
    for (const auto element : *all) {
      const auto words = std::bit_cast<element_words>(element);
      auto& to = found.emplace_back();
      to.document_ = words.document;
      to.index_ = words.index;
    }
  }
  return found;
}

std::vector<std::pair<std::string_view, node>> node::members() const {
  std::vector<std::pair<std::string_view, node>> found;
  if (const auto all = get<dom::object>(document_, index_)) {
    for (const auto field : *all) {
      const auto words = std::bit_cast<element_words>(field.value);
      auto& to = found.emplace_back(field.key, node{});
      to.second.document_ = words.document;
      to.second.index_ = words.index;
    }
  }
  return found;
}

value node::copy() const {
  return document_ == nullptr ? value(nullptr) : copy_of(as_element(document_, index_));
}

struct document::parsed {
  dom::document tape;
};

document::document() = default;
document::~document() = default;
document::document(document&&) noexcept = default;
document& document::operator=(document&&) noexcept = default;

node document::root() const noexcept {
  node top;
  if (parsed_ != nullptr) {
    const auto words = std::bit_cast<element_words>(parsed_->tape.root());
    top.document_ = words.document;
    top.index_ = words.index;
  }
  return top;
}

result<document> parse(std::string_view text, std::size_t max_depth) {
  const auto wrong = [](simdjson::error_code code) {
    return fail(errc::unreadable_reply,
                std::string{"malformed JSON: "} + simdjson::error_message(code));
  };
  document doc;
  doc.parsed_ = std::make_unique<document::parsed>();
  dom::parser parser;
  if (const auto code = parser.allocate(text.size(), max_depth); code) return wrong(code);
  const simdjson::padded_string padded{text};
  dom::element root;
  if (const auto code = parser.parse_into_document(doc.parsed_->tape, padded).get(root); code)
    return wrong(code);
  return doc;
}

} // namespace hive::json
