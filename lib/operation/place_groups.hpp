#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operation/usage_source.hpp"
#include "predict/place/walk.hpp"

namespace deskloom::operation {

// Where the users of a department were, of those who agree to it now: a department's habits speak for each of
// its users. A large one is several groups.
struct PlaceGroup {
  struct Seen {
    std::uint32_t after_s = 0;  // since the span begins
    std::uint32_t user = 0;     // a number of users
    predict::PlaceId place = 0;
  };
  std::size_t department = 0;  // the same number for groups of one department
  std::vector<std::string> users;
  std::vector<Seen> seen;  // in the order of time
};

// A span of the record, in seconds since 1970.
struct PlaceSpan {
  std::int64_t from_s = 0, until_s = 0;
};

// Users without visits in the span are in none. most: of users in all, spread evenly; a place is the record's
// number of its name.
std::vector<PlaceGroup> place_groups(const UsageSource& source, const PlaceSpan& span, std::size_t most);

// As models of places take them. The grid begins at or before the span.
std::vector<predict::UserSightings> sightings_of(const predict::TimeGrid& grid, const PlaceSpan& span,
                                                 const PlaceGroup& group);
// Days on which everybody is off, as PlaceMemory counts them.
std::vector<std::int32_t> holidays_of(const UsageSource& source, const predict::TimeGrid& grid);

}  // namespace deskloom::operation
