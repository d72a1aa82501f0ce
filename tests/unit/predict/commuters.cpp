#include "commuters.hpp"

#include <random>

namespace deskloom::test {

std::vector<predict::UserSightings> commuters(int people, int weeks) {
  std::mt19937 dice(3);  // its numbers are the same everywhere; those of distributions are not
  predict::PlaceId stray = first_stray;
  std::vector<predict::UserSightings> users;
  for (int person = 0; person < people; ++person) {
    auto& user = users.emplace_back();
    user.user = "user" + std::to_string(person);
    for (std::int64_t hour = 0; hour < weeks * predict::week_h; ++hour) {
      if (dice() % 5 == 0) continue;
      const auto weekday = hour / predict::day_h % 7, of_day = hour % predict::day_h;
      const bool works = weekday < 5 && weekday != person % 5 && of_day >= 8 && of_day < 17;
      const auto usual = works ? office_place : first_home + static_cast<predict::PlaceId>(person);
      user.sightings.push_back({hour, dice() % 50 == 0 ? stray++ : usual});
    }
  }
  return users;
}

}  // namespace deskloom::test
