#include "event/assignments.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::cmd {

std::map<std::string, std::string> parse_assignments(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> values;
  for (const std::string& text : texts) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0) {
      throw base::Error(base::ErrorKind::usage,
                        "'" + base::printable(text) + "' is not of the form NAME=VALUE");
    }
    if (!values.emplace(text.substr(0, sign), text.substr(sign + 1)).second) {
      throw base::Error(base::ErrorKind::usage,
                        "'" + base::printable(text.substr(0, sign)) + "' is given twice");
    }
  }
  return values;
}

}  // namespace deskloom::cmd
