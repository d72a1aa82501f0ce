#pragma once

#include <iosfwd>
#include <string_view>

namespace deskloom::frame {

// Writes text to standard output at once. A full disk loses output and throws; a reader that went away has
// seen enough.
void emit(std::ostream& out, std::string_view text);

}  // namespace deskloom::frame
