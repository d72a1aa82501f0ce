#include "predict/length/walk.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

// What had ended longer before would be as good as faded: it is not counted for everybody.
constexpr std::int64_t settling_slots = 16 * slots_per_week;

class Walk {
 public:
  Walk(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t lead_s,
       std::span<const std::size_t> groups)
      : grid_(grid),
        users_(users),
        lead_s_(lead_s),
        groups_(groups),
        habits_(groups.empty() ? 1 : std::ranges::max(groups) + 1),
        pasts_(users.size()) {}

  void walk(std::int64_t from, std::int64_t until,
            const std::function<void(const LengthTarget& target)>& visit) {
    const std::int64_t first =
        std::max<std::int64_t>(from - settling_slots, 0) / slots_per_day * slots_per_day;
    for (std::size_t user = 0; user < users_.size(); ++user) {
      see(user, grid_.time_s(first) - lead_s_);
      pasts_[user].added = pasts_[user].ended.size();
    }
    for (std::int64_t day = first; day < until; day += slots_per_day) {
      const std::int64_t end = std::min(day + slots_per_day, until);
      remember(day);
      if (end <= from) continue;
      habits_.settle();
      read(std::max(day, from), end);
      for (const Begin& begin : begins_) foretell(begin, visit);
    }
  }

 private:
  struct Past {
    std::vector<EndedSession> ended;
    std::size_t seen = 0;   // sessions that had ended, whole or not
    std::size_t begun = 0;  // sessions that are targets no more
    std::size_t added = 0;  // of ended, to habits
  };
  struct Begin {
    std::int64_t slot;
    std::size_t user, session;
  };

  void remember(std::int64_t day) {
    habits_.fade();
    for (std::size_t user = 0; user < users_.size(); ++user) {
      see(user, grid_.time_s(day) - lead_s_);
      Past& past = pasts_[user];
      for (; past.added < past.ended.size(); ++past.added)
        habits_.add(group_of(user), past.ended[past.added]);
    }
  }

  void see(std::size_t user, std::int64_t until_s) {
    const auto& sessions = users_[user].sessions;
    Past& past = pasts_[user];
    for (; past.seen < sessions.size() && sessions[past.seen].end_s <= until_s; ++past.seen) {
      const domain::Session& session = sessions[past.seen];
      if (is_whole(grid_, session)) past.ended.push_back(ended_session(grid_, session));
    }
  }

  void read(std::int64_t from, std::int64_t until) {
    begins_.clear();
    for (std::size_t user = 0; user < users_.size(); ++user) {
      const auto& sessions = users_[user].sessions;
      for (std::size_t& session = pasts_[user].begun; session < sessions.size(); ++session) {
        const std::int64_t slot = grid_.slot_of(sessions[session].begin_s);
        if (slot >= until) break;
        if (slot >= from && is_whole(grid_, sessions[session])) begins_.push_back({slot, user, session});
      }
    }
    std::ranges::stable_sort(begins_, {}, &Begin::slot);
  }

  void foretell(const Begin& begin, const std::function<void(const LengthTarget& target)>& visit) {
    see(begin.user, grid_.time_s(begin.slot) - lead_s_);
    visit({begin.user, begin.session, begin.slot, length_moment(grid_, begin.slot), pasts_[begin.user].ended,
           habits_.of(group_of(begin.user)), habits_.everybody(),
           hours_of(users_[begin.user].sessions[begin.session])});
  }

  std::size_t group_of(std::size_t user) const { return groups_.empty() ? 0 : groups_[user]; }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  std::int64_t lead_s_;
  std::span<const std::size_t> groups_;
  GroupLengths habits_;
  std::vector<Past> pasts_;  // of each user
  std::vector<Begin> begins_;
};

}  // namespace

void each_length(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t from,
                 std::int64_t until, std::int64_t lead_s,
                 const std::function<void(const LengthTarget& target)>& visit,
                 std::span<const std::size_t> groups) {
  Walk(grid, users, lead_s, groups).walk(from, std::min(until, grid.slots()), visit);
}

}  // namespace deskloom::predict
