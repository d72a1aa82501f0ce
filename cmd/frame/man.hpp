#pragma once

#include <span>
#include <string>

#include "frame/command.hpp"

namespace deskloom::frame {

// A page of the manual from its template: the prose stays, and each line that is one of these marks is
// replaced. Throws Error(usage) on any other line @LIKE_THIS@.
//   @COMMANDS@  usage, summary and options of every command of the noun; in the page without a noun the list
//   @GLOBAL_OPTIONS@  @EXIT_STATUS@  @KEYS@ (of policy)
// page: "deskloom-pool.1.in", "deskloom.1.in", "deskloom.toml.5.in".
std::string render_page(std::span<const Command> commands, const std::string& page, const std::string& text);

}  // namespace deskloom::frame
