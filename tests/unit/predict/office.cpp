#include "office.hpp"

#include <random>

namespace deskloom::test {
namespace {

constexpr std::int64_t monday_s = 1'767'567'600;
constexpr std::int64_t day_s = 86'400, hour_s = 3600, minute_s = 60;

}  // namespace

predict::TimeGrid weeks_from_january(int weeks) {
  const base::Timestamp monday{std::chrono::seconds(monday_s)};
  return {base::TimeZone("Europe/Warsaw"), monday, monday + std::chrono::days(7 * weeks)};
}

std::vector<predict::UserSessions> office(int people, int weeks) {
  std::mt19937 dice(1);  // its numbers are the same everywhere; those of distributions are not
  const auto draw = [&](std::int64_t below) { return static_cast<std::int64_t>(dice()) % below; };
  std::vector<predict::UserSessions> users;
  for (int person = 0; person < people; ++person) {
    predict::UserSessions& user = users.emplace_back();
    user.user = "user" + std::to_string(person);
    const std::int64_t habit = draw(120) * minute_s;
    for (int day = 0; day < 7 * weeks; ++day) {
      if (day % 7 > 4 || draw(10) == 0) continue;
      const std::int64_t begin = monday_s + day * day_s + 8 * hour_s + habit + draw(20) * minute_s;
      user.sessions.push_back({begin, begin + 3 * hour_s + draw(60) * minute_s});
      if (draw(3) == 0) user.sessions.push_back({begin + 5 * hour_s, begin + 7 * hour_s});
    }
  }
  return users;
}

}  // namespace deskloom::test
