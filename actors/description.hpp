#pragma once
/// What an actor says of itself when asked: named values, and lists of such. Flat, so that it is
/// easy to bound and to send.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::actors {

class description {
 public:
  enum class kind : std::uint8_t { boolean, integer, real, text, list, item };
  /// A list's items follow it one level deeper, an item's fields follow it another level deeper.
  struct row {
    std::uint8_t depth{0};
    kind what{kind::text};
    std::string name; ///< empty for an item
    std::string text; ///< as written in JSON, without quotes; empty for list and item
    friend bool operator==(const row&, const row&) = default;
  };

  description& add(std::string name, bool what);
  description& add(std::string name, double what);
  description& add(std::string name, std::string what);
  description& add(std::string name, std::string_view what) {
    return add(std::move(name), std::string{what});
  }
  description& add(std::string name, const char* what) {
    return add(std::move(name), std::string{what});
  }
  description& add(std::string name, std::integral auto what) {
    return put(std::move(name), kind::integer, std::to_string(what));
  }
  description& add(std::string name, const std::vector<description>& items);

  std::vector<row>& rows() noexcept { return rows_; }
  const std::vector<row>& rows() const noexcept { return rows_; }

 private:
  description& put(std::string name, kind what, std::string text);
  std::vector<row> rows_;
};

} // namespace hive::actors
