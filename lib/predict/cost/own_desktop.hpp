#pragma once

#include <cstdint>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/cost/curve.hpp"

// Each user's own desktop is kept ready or not. Unmet is the share of their connects that found it gone: they
// wait while it is made ready again. Idle is that it is ready while its user is away, or is being made ready.
namespace deskloom::predict {

// A forecast is followed, slot by slot: the desktop is ready in those in which it seemed likely enough, when
// the slot was decided, that its user would connect. One that is in use then, or later, stays until the slot
// ends.
class FollowedForecast {
 public:
  // Tries all thresholds of a fixed ladder at once, on slots [from, until). lead_s: a slot is decided that
  // long before it begins, and a desktop takes that long to be made ready. Grid and users must outlive it.
  FollowedForecast(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t from,
                   std::int64_t until, std::int64_t lead_s);

  // Of each slot in which the user is away when it is decided; each user's in ascending order.
  void add(std::size_t user, std::int64_t slot, double probability);
  // What all thresholds cost; setting: the threshold, of which 2 is never reached. Once, at the end.
  std::vector<CostPoint> finish();

 private:
  // Of one user's desktop: it was there in the slot before at the thresholds below ready.
  struct Desktop {
    std::int64_t next = 0;    // the first slot that was not gone through
    std::size_t ready = 0;    // number of thresholds
    std::size_t session = 0;  // none before this one reaches into it
  };
  struct SlotUse {
    std::int64_t used_s = 0, after_s = 0;  // in session; behind the last one that ended
    int connects = 0;
  };

  SlotUse use_of(std::size_t user, std::int64_t slot);
  void pass_until(std::size_t user, std::int64_t slot);
  void idle(std::size_t first, std::size_t last, std::int64_t seconds);

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  std::int64_t until_, lead_s_;
  std::vector<Desktop> desktops_;
  // By threshold, as changes against the one before.
  std::vector<std::int64_t> idle_s_, unmet_;
  std::int64_t connects_ = 0;
};

}  // namespace deskloom::predict
