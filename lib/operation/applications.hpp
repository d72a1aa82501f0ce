#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "forecast/applications.hpp"
#include "forecast/forecasts.hpp"
#include "operation/usage_source.hpp"
#include "operation/user_heads.hpp"
#include "predict/application/file.hpp"

namespace deskloom::operation {

// Learns from the launches of the weeks before until which applications sessions use, and puts it into the
// file; without launches, nothing.
void learn_applications(const UsageSource& source, base::Timestamp until, predict::ModelFile& file);

// When a user's next session most probably begins.
struct NextSession {
  std::string user;
  std::int64_t begin_s = 0;  // in seconds since 1970
};
// origin_s: where the forecast's first slot begins.
NextSession next_session(const std::string& user, const forecast::UserForecast& forecast,
                         std::int64_t origin_s);

// Which applications the next session of each of these users will use: those that are likely enough to be
// told. From what was started before the first of the hours; made once an hour. What is older than a day is
// counted once, and again when something older has been recorded meanwhile, or after a week.
void foretell_applications(const UsageSource& source, forecast::Store& store, const predict::ModelFile& file,
                           const UserHeads& heads, const forecast::HourlyOf& of, base::Timestamp now,
                           const std::vector<NextSession>& sessions);

}  // namespace deskloom::operation
