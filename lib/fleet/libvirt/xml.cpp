#include "fleet/libvirt/xml.hpp"

#include <sstream>

#include "base/error.hpp"

namespace deskloom::fleet {

pugi::xml_document parse_xml(const std::string& xml) {
  pugi::xml_document document;
  if (const auto result = document.load_buffer(xml.data(), xml.size()); !result) {
    throw base::Error(base::ErrorKind::failed,
                      std::string("libvirt's XML cannot be read: ") + result.description());
  }
  return document;
}

std::string to_text(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent | pugi::format_no_declaration);
  return out.str();
}

}  // namespace deskloom::fleet
