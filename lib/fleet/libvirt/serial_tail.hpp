#pragma once

#include <filesystem>
#include <string>

namespace deskloom::fleet {

// "; its serial line ended with: …" for an error message: the log's last lines, made printable, because a
// guest wrote them. Empty when the log cannot be read here or is empty.
std::string serial_tail(const std::filesystem::path& log);

}  // namespace deskloom::fleet
