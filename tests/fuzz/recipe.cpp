/// Any text is a recipe whose paths stay inside its folder, or a failure that says why.

#include "core/artifact/recipe.hpp"
#include "core/artifact/safe_path.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hive::fuzz::claim;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto made = hive::parse_recipe(text);
  if (!made) {
    claim(made.why().code == hive::errc::bad_recipe, "a text that is no recipe is bad_recipe");
    claim(!made.why().detail.empty(), "a failure says what is wrong");
    return 0;
  }
  claim(!made->steps.empty() && !made->outputs.empty(), "a recipe makes something");
  for (const auto& step : made->steps)
    claim(!step.run.empty() && !step.run.front().empty(), "a step has a program");
  for (const auto& source : made->sources)
    claim(hive::check_relative_path(source.path).has_value(), "a source stays inside");
  for (const auto& glob : made->outputs) claim(glob.front() != '/', "an output stays inside");
  claim(hive::recipe_digest(*made, {}) == hive::recipe_digest(*made, {}), "a digest is stable");
  return 0;
}
