#include "predict/application/walk.hpp"

#include <algorithm>
#include <tuple>

namespace deskloom::predict {
namespace {

struct Event {
  std::int64_t time_s;
  std::size_t user, number;
};

std::vector<Event> events_of(const std::vector<UserLaunches>& users, std::int64_t until_s) {
  std::vector<Event> events;
  for (std::size_t user = 0; user < users.size(); ++user) {
    for (std::size_t number = 0; number < users[user].launches.size(); ++number) {
      const std::int64_t time_s = users[user].launches[number].time_s;
      if (time_s < until_s) events.push_back({time_s, user, number});
    }
  }
  std::ranges::sort(events, {},
                    [](const Event& event) { return std::tuple(event.time_s, event.user, event.number); });
  return events;
}

// From a launch that begins a session on.
std::span<const ApplicationLaunch> session_from(std::span<const ApplicationLaunch> launches) {
  std::int64_t in_use_until_s = launches.front().time_s;
  std::size_t count = 0;
  while (count < launches.size() && launches[count].time_s - in_use_until_s <= session_gap_s) {
    in_use_until_s = std::max(in_use_until_s, used_until_s(launches[count]));
    ++count;
  }
  return launches.first(count);
}

}  // namespace

int local_hour(const base::TimeZone& zone, std::int64_t time_s) {
  const auto local = zone.local(base::Timestamp(std::chrono::seconds(time_s)));
  const auto today = local - std::chrono::floor<std::chrono::days>(local);
  return static_cast<int>(std::chrono::floor<std::chrono::hours>(today).count());
}

bool is_used(const ApplicationTarget& session, ApplicationId application) {
  return std::ranges::find(session.session, application, &ApplicationLaunch::application) !=
         session.session.end();
}

void each_application(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                      std::int64_t until_s,
                      const std::function<void(const ApplicationMemory&, const ApplicationTarget&)>& visit) {
  ApplicationMemory memory(users);
  for (const Event& event : events_of(users, until_s)) {
    const std::span<const ApplicationLaunch> launches = users[event.user].launches;
    const ApplicationLaunch& launch = launches[event.number];
    const bool is_first = memory.begins_session(event.user, launch.time_s);
    const std::int64_t made_s = is_first ? launch.time_s : memory.user(event.user).last->time_s;
    const int hour = local_hour(zone, launch.time_s);
    const ApplicationMoment moment{made_s, is_first ? hour : local_hour(zone, made_s), is_first};
    visit(memory,
          {event.user, moment, launch.application,
           is_first ? session_from(launches.subspan(event.number)) : decltype(launches){}, launch.time_s});
    memory.see(event.user, launch, hour);
  }
}

}  // namespace deskloom::predict
