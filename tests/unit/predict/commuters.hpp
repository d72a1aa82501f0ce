#pragma once

#include "predict/place/history.hpp"

namespace deskloom::test {

inline constexpr predict::PlaceId office_place = 0, first_home = 100, first_stray = 1000;

// People who are at the office on weekdays from eight to five, except on a weekday of their own, and else at
// home; one sighting in five is missing, and one in fifty is of a place where nobody was before. The same
// each time. weeks: from the grid's first hour on.
std::vector<predict::UserSightings> commuters(int people, int weeks);

}  // namespace deskloom::test
