#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "predict/tally.hpp"

// What is remembered of which applications users start. Launches are given in the order of time, and what is
// read from here was known when the last of them was.
namespace deskloom::predict {

using ApplicationId = std::uint32_t;  // the caller's number of an application's name

struct ApplicationLaunch {
  std::int64_t time_s = 0;
  ApplicationId application = 0;
  std::int64_t dwell_s = 0;  // how long it was in use; 0: not known
};

struct UserLaunches {
  std::string user;
  std::size_t role = 0;                     // all the same when there are none
  std::vector<ApplicationLaunch> launches;  // ascending
};

// When the application was left, as far as it is known.
std::int64_t used_until_s(const ApplicationLaunch& launch);

// A session's first launch comes so long after the one before was last in use.
inline constexpr std::int64_t session_gap_s = 1800;

// Of launches, and of sessions.
inline constexpr double often_half_life_s = 42 * 86'400, sessions_half_life_s = 21 * 86'400;

// Counts that fade with time: what was seen a half-life ago counts for half.
class FadingTally {
 public:
  explicit FadingTally(double half_life_s) : half_life_s_(half_life_s) {}

  void add(std::uint32_t thing, std::int64_t time_s);
  // As Tally::share, with the prior weighed against counts as they are faded at that time.
  double share(std::uint32_t thing, std::int64_t time_s, double prior, double prior_weight) const;
  double of(std::uint32_t thing, std::int64_t time_s) const;
  double all(std::int64_t time_s) const;
  const Tally::Counts& counts() const { return tally_.counts(); }

 private:
  double scale(std::int64_t time_s) const;

  double half_life_s_;
  std::optional<std::int64_t> since_s_;
  Tally tally_;  // later counts weigh more, in place of fading the earlier ones
};

// Of one user, of a role or of all.
struct ApplicationHabits {
  FadingTally often, lately;
  Tally first, later;                              // in a session
  std::array<Tally, 24> by_hour;                   // of the local day, and beside it
  std::unordered_map<ApplicationId, Tally> after;  // one application
  std::unordered_map<std::uint64_t, Tally> after_two;
  FadingTally in_sessions;  // in how many sessions each was used; ApplicationMemory::any_session: in all

  ApplicationHabits();
};

// Of one user besides.
struct ApplicationUser {
  ApplicationHabits habits;
  std::optional<ApplicationLaunch> last, before_last;
  std::unordered_set<ApplicationId> session, last_session;  // this one, or the newest; the one before
  std::unordered_map<ApplicationId, std::uint32_t> newest;  // number of the launch
  std::uint32_t launches = 0;
  double news = 0;  // launches of an application that was new
  std::int64_t in_use_until_s = 0;
};

class ApplicationMemory {
 public:
  static constexpr std::uint32_t any_session = UINT32_MAX;

  explicit ApplicationMemory(const std::vector<UserLaunches>& users);

  // hour: local, 0 to 23.
  void see(std::size_t user, const ApplicationLaunch& launch, int hour);

  const ApplicationUser& user(std::size_t user) const { return users_[user]; }
  const ApplicationHabits& role_of(std::size_t user) const { return roles_[role_[user]]; }
  const ApplicationHabits& everybody() const { return everybody_; }
  // Whether a launch at that time begins a session.
  bool begins_session(std::size_t user, std::int64_t time_s) const;
  static std::uint64_t pair(ApplicationId before_last, ApplicationId last);

 private:
  void close_session(std::size_t user, std::int64_t time_s);
  void count(ApplicationHabits& habits, const ApplicationUser& before, const ApplicationLaunch& launch,
             int hour, bool is_first);

  std::vector<std::size_t> role_;
  std::vector<ApplicationUser> users_;
  std::vector<ApplicationHabits> roles_;
  ApplicationHabits everybody_;
};

}  // namespace deskloom::predict
