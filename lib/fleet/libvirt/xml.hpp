#pragma once

#include <pugixml.hpp>
#include <string>

namespace deskloom::fleet {

// What libvirt gave. Throws Error(failed).
pugi::xml_document parse_xml(const std::string& xml);
std::string to_text(const pugi::xml_document& document);

}  // namespace deskloom::fleet
