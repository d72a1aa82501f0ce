#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "domain/usage.hpp"
#include "predict/length/histogram.hpp"
#include "predict/time_grid.hpp"

// How long sessions have lasted, as it is known at some time (SPEC D5). A session that goes on then is left
// out, not counted as if it had ended (it is censored). What goes on is long more often than not; but it is
// one session of each user at most, and it counts in full as soon as it has ended, so that lengths seem too
// short by very little.
namespace deskloom::predict {

// When a session begins, whose length is asked for.
struct LengthMoment {
  std::int64_t begin_s = 0;
  int hour_of_week_slot = 0;  // as TimeGrid::hour_of_week
  bool is_free_day = false;   // a Saturday or Sunday, by the clock on the wall

  int slot_of_day() const { return hour_of_week_slot % slots_per_day; }
};
LengthMoment length_moment(const TimeGrid& grid, std::int64_t slot);

// A session that is over, as lengths are learnt from it.
struct EndedSession {
  std::int64_t begin_s = 0;
  float hours = 0;
  std::int16_t slot_of_day = 0;
  bool is_free_day = false;
};

// Whether a session can be learnt from: it begins in the grid, and neither begins nor ends in a time that is
// excluded.
bool is_whole(const TimeGrid& grid, const domain::Session& session);
EndedSession ended_session(const TimeGrid& grid, const domain::Session& session);
float hours_of(const domain::Session& session);
// Those that had ended by then. sessions: ascending, disjoint.
std::vector<EndedSession> ended_sessions(const TimeGrid& grid, std::span<const domain::Session> sessions,
                                         std::int64_t until_s);

// Many users' lengths by the time of the day and the kind of day, the last weeks more.
class LengthHabits {
 public:
  LengthHabits();

  void add(const EndedSession& session, float weight = 1);
  // A day passes.
  void fade();
  // Of what is so old, when it is added later.
  static float faded(std::int64_t age_s);
  // From now on, what was added counts. wider: lengths of more users, which stand for what is little known.
  void settle(const LengthHabits* wider = nullptr);

  // Of weight 1, whatever is known: where that is little, a wider circle's stand for it, or else lengths at
  // any time, and usual ones.
  const LengthHistogram& at(const LengthMoment& moment) const;
  const LengthHistogram& at_any_time() const { return at_any_time_; }

 private:
  std::vector<LengthHistogram> added_, settled_;  // by kind of day and time of day
  LengthHistogram at_any_time_;
};

// Everybody's lengths, and those of groups, such as roles.
class GroupLengths {
 public:
  // Groups have numbers from 0 on; of very many, all but the first are taken for everybody.
  explicit GroupLengths(std::size_t groups);

  void add(std::size_t group, const EndedSession& session, float weight = 1);
  void fade();
  void settle();

  const LengthHabits& everybody() const { return everybody_; }
  const LengthHabits& of(std::size_t group) const {
    return group < groups_.size() ? groups_[group] : everybody_;
  }

 private:
  LengthHabits everybody_;
  std::vector<LengthHabits> groups_;
};

}  // namespace deskloom::predict
