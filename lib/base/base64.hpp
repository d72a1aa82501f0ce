#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace deskloom::base {

// RFC 4648 section 4, with padding and without line breaks.
std::string base64_encode(std::string_view bytes);
// nullopt unless text is exactly what base64_encode would have written.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace deskloom::base
