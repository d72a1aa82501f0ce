#include "base/json.hpp"

#include "base/error.hpp"

namespace deskloom::base {

Json parse_json(std::string_view text, const std::string& origin) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& e) {
    throw Error(ErrorKind::corrupt, origin + " is not valid JSON: " + e.what());
  }
}

}  // namespace deskloom::base
