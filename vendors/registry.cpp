#include "vendors/build.hpp"
#include "vendors/github.hpp"
#include "vendors/hugging_face.hpp"
#include "vendors/local.hpp"
#include "vendors/oci.hpp"
#include "vendors/vendor.hpp"
#include "vendors/web_file.hpp"

#include <utility>

namespace hive::vendors {

namespace {

/// Those who know where files are.
std::vector<std::unique_ptr<const vendor>> sources(const vendor_settings& settings) {
  std::vector<std::unique_ptr<const vendor>> out;
  out.push_back(make_hugging_face(settings));
  out.push_back(make_oci(settings));
  out.push_back(make_github(settings));
  out.push_back(make_web_file());
  out.push_back(make_local());
  return out;
}

} // namespace

bool vendor::unlocks(const reference&) const noexcept {
  return false;
}

conversation<net::token> vendor::unlock(reference what, std::string, lockout) const {
  co_return fail(errc::credentials_needed, to_string(what) + " asks for a login");
}

std::vector<std::unique_ptr<const vendor>> all_vendors(const vendor_settings& settings) {
  auto out = sources(settings);
  out.push_back(make_build(sources(settings)));
  return out;
}

} // namespace hive::vendors
