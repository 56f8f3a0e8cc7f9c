#pragma once
/// What every vendor keeps to (docs/adding-a-vendor.md), tried with the conversations it lists. A
/// vendor passes by listing one for each situation, or saying that it has none of the kind:
///
///   TEST_CASE("acme keeps to the contract") {
///     check_conformance({.make = [] { return make_acme({}); },
///                        .stranger = "hf:org/repo",
///                        .asks = {"https://acme.example"},
///                        .recordings = {{"happy", "acme:model", happy_replies()},
///                                       {"empty", "acme:none", …, errc::entry_missing}, …},
///                        .lacks = {"paged"}});
///   }

#include "tests/vendors/script.hpp"
#include "vendors/vendor.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::vendors {

/// A well-formed reply; one that lists nothing; a refusal for want of rights; a limit; a list in
/// more than one reply; one that is not as it must be; paths that would leave their folder; more
/// than its bounds allow.
inline constexpr std::array<std::string_view, 8> situations{
    "happy", "empty", "gated", "rate-limited", "paged", "malformed", "hostile names", "huge"};

struct recording {
  std::string situation;
  std::string reference;
  script replies;
  std::optional<errc> refusal{}; ///< empty: it ends with a plan
};

struct listed_vendor {
  std::function<std::unique_ptr<const vendor>()> make;
  std::string stranger;          ///< a reference of somebody else's
  std::vector<std::string> asks; ///< origins its conversations ask
  std::vector<recording> recordings;
  std::vector<std::string_view> lacks{}; ///< situations that do not exist for it
};

void check_conformance(const listed_vendor& who);

} // namespace hive::vendors
