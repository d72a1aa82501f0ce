#pragma once

#include <functional>
#include <string>
#include <vector>

#include "operation/usage_source.hpp"
#include "predict/application/memory.hpp"
#include "predict/network/dataset.hpp"
#include "predict/place/history.hpp"

namespace deskloom::operation {

// Which users, by name, are read; empty: everybody.
using UserFilter = std::function<bool(const std::string& user)>;

// By name; those without any are left out.
std::vector<predict::UserSessions> recorded_sessions(const UsageSource& source);
// Between from and until, in seconds since 1970. Of whom no role is known, that counts as one.
std::vector<predict::UserLaunches> recorded_launches(const UsageSource& source, std::int64_t from_s,
                                                     std::int64_t until_s, const UserFilter& takes = {});
// Groups: departments.
std::vector<predict::UserSightings> recorded_sightings(const UsageSource& source,
                                                       const predict::TimeGrid& grid,
                                                       const UserFilter& takes = {});

// When what is recorded begins and ends: sessions, or else anything. Throws Error(usage) when nothing is.
struct RecordedSpan {
  base::Timestamp from, until;
};
RecordedSpan recorded_span(const UsageSource& source, const std::vector<predict::UserSessions>& users);

// 1 in the hours of the grid that are of a holiday.
std::vector<char> holiday_hours(const UsageSource& source, const predict::TimeGrid& grid);

}  // namespace deskloom::operation
