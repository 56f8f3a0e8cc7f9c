#pragma once
/// JSON, the one place: simdjson reads, Boost.JSON writes. Nothing else includes either.

#include "core/base/result.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::json {

// Writing. Build a `value` with Boost.JSON's own constructors, then print it once.
using value = boost::json::value;
using object = boost::json::object;
using array = boost::json::array;

std::string text(const value& v);

// Reading.
class document;

/// A view of one element; valid while its document lives. Missing and null are both "not there".
class node {
 public:
  node() = default;

  bool is_null() const noexcept; ///< null or missing
  bool is_object() const noexcept;
  bool is_array() const noexcept;
  std::optional<std::string_view> string() const noexcept;
  std::string text() const;                             ///< of a string; empty for anything else
  std::optional<std::int64_t> integer() const noexcept; ///< also of an unsigned that fits
  std::optional<std::uint64_t> natural() const noexcept;
  std::optional<double> number() const noexcept;
  std::optional<bool> boolean() const noexcept;

  /// The member called `key`; missing (is_null) when there is none or this is no object.
  node operator[](std::string_view key) const noexcept;
  /// Elements of an array; empty when this is none.
  std::vector<node> elements() const;
  /// Members of an object in their order; empty when this is none.
  std::vector<std::pair<std::string_view, node>> members() const;

  /// This element as a value that can be written again.
  value copy() const;

 private:
  friend class document;
  /// The same two words as simdjson's element: its document (null: not there) and a place in it.
  const void* document_{nullptr};
  std::size_t index_{0};
};

/// A parsed text. Movable; nodes stay valid across moves.
class document {
 public:
  document();
  ~document();
  document(document&&) noexcept;
  document& operator=(document&&) noexcept;

  node root() const noexcept;

 private:
  friend result<document> parse(std::string_view, std::size_t);
  struct parsed;
  std::unique_ptr<parsed> parsed_;
};

/// errc::unreadable_reply with the position's reason for malformed text, or nesting deeper than
/// `max_depth`. Invalid UTF-8 is malformed.
result<document> parse(std::string_view text, std::size_t max_depth = 64);

} // namespace hive::json
