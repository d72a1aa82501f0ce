#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "history/store.hpp"

namespace deskloom::history {

// A user was seen at a place.
struct VisitOf {
  std::int64_t user = 0;  // a number of names_by_number(), as the place
  std::int64_t at = 0;    // in seconds since 1970
  std::int64_t place = 0;
};

// Those of [from, until), in the order of time.
void each_visit(const Store& store, std::int64_t from, std::int64_t until,
                const std::function<void(const VisitOf& visit)>& visit);

// The tokens of places at which so many users were ever seen.
std::set<std::string> places_of_at_least(const Store& store, std::int64_t users);

}  // namespace deskloom::history
