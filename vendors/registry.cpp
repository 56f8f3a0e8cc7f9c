#include "vendors/hugging_face.hpp"
#include "vendors/local.hpp"
#include "vendors/vendor.hpp"

namespace hive::vendors {

std::vector<std::unique_ptr<const vendor>> all_vendors(const vendor_settings& settings) {
  std::vector<std::unique_ptr<const vendor>> out;
  out.push_back(make_hugging_face(settings));
  out.push_back(make_local());
  return out;
}

} // namespace hive::vendors
