#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forecast/habits.hpp"
#include "forecast/pools.hpp"
#include "operation/usage_source.hpp"
#include "predict/connect/features.hpp"

namespace deskloom::operation {

// One user as forecasts need them.
struct KnownUser {
  std::string user;
  std::string counts;                     // packed: see forecast::unpack
  std::vector<domain::Session> sessions;  // of the last weeks, and as many as a network reads, up to now
  std::int64_t left_out = 0;              // sessions before those
  std::int64_t since_s = 0;               // when the very first began; 0: there is none
};

struct KnownUsers {
  predict::HabitCounts all;
  float weeks = 0;  // that were counted, faded as counts are
  std::vector<KnownUser> users;
  std::vector<forecast::PoolHours> pools;  // up to, not with, the hour of now
};

// How much of users' past is kept in memory: the last weeks, or also what only networks read.
enum class PastKept { weeks, for_network };

// Brings habits up to the last week that has ended, and adds what came since. They are counted anew when
// something older has been recorded meanwhile, else only what is new is read.
KnownUsers known_users(const UsageSource& source, forecast::Store& store,
                       const predict::ConnectOptions& options, base::Timestamp now,
                       PastKept kept = PastKept::for_network);

}  // namespace deskloom::operation
