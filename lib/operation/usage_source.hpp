#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time_zone.hpp"
#include "domain/records.hpp"
#include "history/store.hpp"
#include "policy/policy.hpp"
#include "predict/known_future.hpp"
#include "predict/network/dataset.hpp"
#include "state/users.hpp"

namespace deskloom::operation {

// Users who agree to it now.
struct Consents {
  std::set<std::string> calendar, location;
};

// How what is recorded is to be understood.
struct UsageSource {
  const history::Store& history;
  base::TimeZone zone;  // whose clock users live by
  const policy::Policy& policy;
  std::map<std::string, predict::Person> people{};  // those of whom a role or a department is known
  std::vector<domain::Mode> modes{};                // what users were at, and are
  Consents consents{};

  predict::Person person(const std::string& user) const {
    const auto found = people.find(user);
    return found == people.end() ? predict::Person{} : found->second;
  }
  std::chrono::seconds longest_session() const { return std::chrono::hours(policy.history.session_hours); }
};

std::map<std::string, predict::Person> people_in(const state::Users& users);
Consents consents_in(const state::Users& users);

// A grid whose times that policy excludes are marked. Throws Error(usage) for what is no time span.
predict::TimeGrid grid_of(const UsageSource& source, base::Timestamp from, base::Timestamp until);
// What calendars say of [from, until), of users only those who agree to it now (SPEC D2). users: in the order
// in which the calendars shall be.
predict::Calendars calendars_of(const UsageSource& source, const std::vector<std::string>& users,
                                base::Timestamp from, base::Timestamp until);

}  // namespace deskloom::operation
