#pragma once

namespace deskloom::history {

extern const char schema[];  // schema.sql

}  // namespace deskloom::history
