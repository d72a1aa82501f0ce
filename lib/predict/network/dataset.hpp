#pragma once

#include <string>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/known_future.hpp"
#include "predict/time_grid.hpp"

namespace deskloom::predict {

// Who a user is, as far as it is known; empty: it is not.
struct Person {
  std::string role, department;
};

// What is recorded of an organisation's sessions.
struct Dataset {
  TimeGrid grid;
  std::vector<UserSessions> users;
  std::vector<Person> people;  // as many, in the same order
  Calendars calendars{};       // of them
};

}  // namespace deskloom::predict
