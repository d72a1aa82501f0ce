#pragma once

namespace deskloom::forecast {

extern const char schema[];  // schema.sql

}  // namespace deskloom::forecast
