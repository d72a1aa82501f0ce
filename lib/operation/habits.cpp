#include "operation/habits.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/error.hpp"
#include "history/names.hpp"
#include "history/sessions.hpp"
#include "operation/pool_demand.hpp"
#include "predict/network/session_tokens.hpp"
#include "predict/user_week.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::days;

// What features look back on, and a week in which it grows.
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t look_back_s = 36 * 86'400;
// What is recorded by then is taken for all that there is of a week.
constexpr days week_is_over_after{1};

base::Timestamp monday_of(const base::TimeZone& zone, base::Timestamp at) {
  const auto day = std::chrono::floor<days>(zone.local(at));
  return zone.utc(day - (std::chrono::weekday(day) - std::chrono::Monday));
}

base::Timestamp next_monday(const base::TimeZone& zone, base::Timestamp monday) {
  return monday_of(zone, monday + days(8));
}

// The weeks [from, until), both Mondays.
struct Weeks {
  predict::TimeGrid grid;
  std::vector<std::int64_t> begins;  // of each week, and where the last ends, in slots

  Weeks(const UsageSource& source, base::Timestamp from, base::Timestamp until)
      : grid(grid_of(source, from, until)) {
    for (auto monday = from; monday <= until; monday = next_monday(source.zone, monday))
      begins.push_back(grid.slot_of(base::to_seconds(monday)));
  }
  std::size_t count() const { return begins.size() - 1; }
};

class Counting {
 public:
  Counting(const Weeks& weeks, const predict::ConnectOptions& options)
      : weeks_(weeks), lead_s_(options.lead_s), fading_(predict::fading(options.half_life_weeks)) {}

  void add(predict::HabitCounts& counts, const std::vector<domain::Session>& sessions) const {
    for (std::size_t week = 0; week < weeks_.count(); ++week) {
      counts.fade(fading_);
      predict::UserWeek(weeks_.grid, sessions, weeks_.begins[week], weeks_.begins[week + 1], lead_s_)
          .add_to(counts, weeks_.grid);
    }
  }
  float faded_weeks(float before) const {
    predict::HabitCounts counts;
    counts.weeks = before;
    add(counts, {});
    return counts.weeks;
  }

 private:
  const Weeks& weeks_;
  std::int64_t lead_s_;
  float fading_;
};

// Sessions that ended before then, and that no network reads.
void leave_out_old(forecast::Habit& habit, std::int64_t before_s) {
  if (habit.sessions.empty()) return;
  const auto all = static_cast<std::size_t>(habit.left_out) + habit.sessions.size();
  const auto unread = static_cast<std::ptrdiff_t>(predict::context_begin(all)) - 1 - habit.left_out;
  const auto old =
      std::ranges::find_if(habit.sessions,
                           [&](const domain::Session& session) { return session.end_s >= before_s; }) -
      habit.sessions.begin();
  const auto gone = std::clamp<std::ptrdiff_t>(unread, 0, old);
  habit.sessions.erase(habit.sessions.begin(), habit.sessions.begin() + gone);
  habit.left_out += gone;
}

// Sessions of which no more is known than by then: one that goes on is open. left_out: before the given ones.
forecast::Habit habit_until(const std::vector<domain::Session>& sessions, std::int64_t until_s,
                            std::int64_t left_out, std::int64_t since_s) {
  forecast::Habit habit;
  habit.left_out = left_out;
  habit.since_s = since_s;
  for (const domain::Session& session : sessions) {
    if (session.begin_s >= until_s) break;
    if (habit.since_s == 0) habit.since_s = session.begin_s;
    if (session.end_s > until_s)
      habit.open_since = session.begin_s;
    else
      habit.sessions.push_back(session);
  }
  leave_out_old(habit, until_s - look_back_s);
  return habit;
}

void count_all(const UsageSource& source, forecast::Store& store, const predict::ConnectOptions& options,
               base::Timestamp until) {
  const auto first = history::first_connection(source.history);
  if (!first) {
    throw base::Error(base::ErrorKind::usage, "no sessions are recorded",
                      "'deskloom event import' or 'event collect' records them");
  }
  const auto from = std::min(monday_of(source.zone, base::from_seconds(*first)), until);
  const Weeks weeks(source, from, until);
  const Counting counting(weeks, options);
  forecast::Counted counted{base::to_seconds(until), source.history.late_import_after(0).number, {}, 0};
  counted.weeks = counting.faded_weeks(0);
  PoolCounter pools(source.policy, base::to_seconds(from) / hour_s, base::to_seconds(until) / hour_s);
  forecast::HabitWriter writer(store);
  history::each_user(source.history, source.longest_session(),
                     [&](const std::string& user, const std::vector<domain::Session>& sessions) {
                       forecast::Habit habit = habit_until(sessions, base::to_seconds(until), 0, 0);
                       counting.add(habit.counts, sessions);
                       counted.all += habit.counts;
                       pools.add(user, sessions);
                       writer.add(user, habit);
                     });
  forecast::put_pool_hours(store, pools.behind({}));
  writer.finish(counted);
}

// A user who has never connected was away all the time.
predict::HabitCounts stranger(float weeks) {
  predict::HabitCounts counts;
  counts.exposed.fill(weeks);
  counts.weeks = weeks;
  return counts;
}

// Sessions of [counted, now) go on where those that are stored end.
class Reading {
 public:
  Reading(const UsageSource& source, const forecast::Store& store, const forecast::Counted& counted,
          PastKept kept)
      : source_(source), counted_(counted) {
    forecast::each_habit(store, [&](forecast::PackedHabit&& habit) {
      if (kept == PastKept::weeks) keep_weeks(habit);
      numbers_.emplace(habit.user, users_.size());
      users_.push_back({std::move(habit.user), std::move(habit.counts), std::move(habit.sessions),
                        habit.left_out, habit.since_s});
      builders_.emplace_back(source_.longest_session(), habit.open_since);
    });
  }

  std::vector<KnownUser> read(base::Timestamp now) {
    const auto names = history::names_by_number(source_.history.db(), history::NameKind::user);
    std::unordered_map<std::int64_t, std::size_t> known;
    history::each_connection(source_.history, counted_.until, base::to_seconds(now) + 1,
                             [&](std::int64_t user, std::int64_t at, bool connects, bool disconnects) {
                               auto found = known.find(user);
                               if (found == known.end())
                                 found = known.emplace(user, number_of(names.at(user))).first;
                               if (connects && !disconnects) builders_[found->second].connect(at);
                               if (disconnects && !connects) builders_[found->second].disconnect(at);
                             });
    for (std::size_t user = 0; user < users_.size(); ++user) {
      KnownUser& of = users_[user];
      for (const domain::Session& session : builders_[user].finish()) of.sessions.push_back(session);
      if (of.since_s == 0 && !of.sessions.empty()) of.since_s = of.sessions.front().begin_s;
    }
    return std::move(users_);
  }

 private:
  void keep_weeks(forecast::PackedHabit& habit) const {
    const auto recent = std::ranges::find_if(habit.sessions, [&](const domain::Session& session) {
      return session.end_s >= counted_.until - look_back_s;
    });
    habit.left_out += recent - habit.sessions.begin();
    habit.sessions = std::vector(recent, habit.sessions.end());  // of no more memory than they need
  }

  std::size_t number_of(const std::string& name) {
    const auto [found, is_new] = numbers_.emplace(name, users_.size());
    if (is_new) {
      users_.push_back({name, forecast::pack(stranger(counted_.weeks)), {}, 0, 0});
      builders_.emplace_back(source_.longest_session());
    }
    return found->second;
  }

  const UsageSource& source_;
  const forecast::Counted& counted_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<KnownUser> users_;
  std::vector<history::SessionBuilder> builders_;
};

// Counts the weeks that have ended since, of what was read of them.
void count_on(const UsageSource& source, forecast::Store& store, const predict::ConnectOptions& options,
              const forecast::Counted& before, std::int64_t late, base::Timestamp until) {
  const Weeks weeks(source, base::from_seconds(before.until), until);
  const Counting counting(weeks, options);
  forecast::Counted counted{base::to_seconds(until), late, {}, counting.faded_weeks(before.weeks)};
  const auto users = Reading(source, store, before, PastKept::for_network).read(until);
  PoolCounter pools(source.policy, before.until / hour_s, base::to_seconds(until) / hour_s);
  forecast::HabitWriter writer(store);
  for (const KnownUser& user : users) {
    forecast::Habit habit = habit_until(user.sessions, base::to_seconds(until), user.left_out, user.since_s);
    habit.counts = forecast::unpack(user.counts);
    counting.add(habit.counts, user.sessions);
    counted.all += habit.counts;
    pools.add(user.user, user.sessions);
    writer.add(user.user, habit);
  }
  forecast::put_pool_hours(store, pools.behind(forecast::pool_hours(store)));
  writer.finish(counted);
}

}  // namespace

KnownUsers known_users(const UsageSource& source, forecast::Store& store,
                       const predict::ConnectOptions& options, base::Timestamp now, PastKept kept) {
  const auto until = monday_of(source.zone, now - week_is_over_after);
  const auto before = forecast::counted(store);
  const auto late = source.history.late_import_after(before ? before->late : 0);
  const bool is_stale = before && (before->until > base::to_seconds(until) ||
                                   late.first.value_or(before->until) < before->until);
  if (!before || is_stale || !counts_pools_of(source.policy, forecast::pool_hours(store)))
    count_all(source, store, options, until);
  else if (before->until < base::to_seconds(until))
    count_on(source, store, options, *before, late.number, until);
  const auto counted = forecast::counted(store);
  KnownUsers known{counted->all, counted->weeks, Reading(source, store, *counted, kept).read(now), {}};
  PoolCounter pools(source.policy, counted->until / hour_s, base::to_seconds(now) / hour_s);
  for (const KnownUser& user : known.users) pools.add(user.user, user.sessions);
  known.pools = pools.behind(forecast::pool_hours(store));
  return known;
}

}  // namespace deskloom::operation
