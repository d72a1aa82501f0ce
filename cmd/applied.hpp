#pragma once

#include "frame/document.hpp"
#include "frame/exit_codes.hpp"
#include "operation/assign.hpp"

namespace deskloom::cmd {

// What `session assign` and `persona apply` print: the instance, how to reach it, and what was restored.
frame::Document describe(const operation::AssignResult& result);
// partial when an application, file or setting could not be restored.
frame::ExitCode exit_code_of(const operation::AssignResult& result);
// "vnc://127.0.0.1:5900"; absent without a display.
frame::Value display_uri(const std::optional<fleet::Display>& display);

}  // namespace deskloom::cmd
