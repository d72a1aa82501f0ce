#pragma once

#include "predict/connect/features.hpp"

namespace deskloom::test {

// From Monday, 5 January 2026, in Warsaw.
predict::TimeGrid weeks_from_january(int weeks);

// People who come on weekdays about nine, each a little earlier or later, and mostly once; the same each
// time.
std::vector<predict::UserSessions> office(int people, int weeks);

}  // namespace deskloom::test
