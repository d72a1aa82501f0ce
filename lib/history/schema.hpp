#pragma once

namespace deskloom::history {

extern const char* const schema;  // schema.sql

}  // namespace deskloom::history
