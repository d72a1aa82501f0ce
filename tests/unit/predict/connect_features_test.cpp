// Features for forecasts of connecting (SPEC D4): none may see the future.
#include "predict/connect/features.hpp"

#include <map>

#include "office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

using Key = std::pair<std::size_t, std::int64_t>;

std::map<Key, ConnectCell> cells_of(const TimeGrid& grid, const std::vector<UserSessions>& users) {
  std::map<Key, ConnectCell> cells;
  each_connect_cell(grid, users, {}, [&](const ConnectCell& cell) { cells[{cell.user, cell.slot}] = cell; });
  return cells;
}

// As they were known then: who was connected had not left yet.
std::vector<UserSessions> until(std::vector<UserSessions> users, std::int64_t time_s) {
  for (UserSessions& user : users) {
    std::erase_if(user.sessions, [&](const domain::Session& session) { return session.begin_s >= time_s; });
    for (domain::Session& session : user.sessions)
      if (session.end_s > time_s) session.end_s = time_s + 1'000'000'000;
  }
  return users;
}

}  // namespace

TEST_CASE("no feature of a slot changes when all that came after its decision is deleted") {
  const auto grid = weeks_from_january(9);
  const auto users = office(12, 9);
  const auto all = cells_of(grid, users);
  const ConnectOptions options;
  for (const std::int64_t cut :
       {slots_per_week * 3 + 40, slots_per_week * 6 + 36, slots_per_week * 8 + 2 * 96 + 61}) {
    const auto known = cells_of(grid, until(users, grid.time_s(cut) - options.lead_s));
    int compared = 0;
    for (const auto& [key, cell] : known) {
      if (key.second > cut) continue;
      const auto found = all.find(key);
      REQUIRE(found != all.end());
      CHECK(found->second.features == cell.features);
      CHECK(found->second.by_user == cell.by_user);
      compared += key.second == cut ? 1 : 0;
    }
    CHECK(compared > 0);
    for (const auto& [key, cell] : all) {
      if (key.second <= cut) CHECK(known.contains(key));
    }
  }
}

TEST_CASE("a slot counts who begins in it, among those who were away when it was decided") {
  const auto grid = weeks_from_january(1);
  const std::int64_t begin = grid.time_s(40);
  const auto cells = cells_of(grid, {{"ann", {{begin + 60, begin + 1000}}}});
  CHECK(cells.at({0, 40}).connects);
  CHECK_FALSE(cells.at({0, 39}).connects);
  CHECK_FALSE(cells.contains({0, 41}));            // she is there
  CHECK(cells.contains({0, 42}));                  // she left 800 s before it begins, and 240 s are enough
  CHECK(cells.at({0, 39}).features[14 + 8] == 1);  // never seen before
  CHECK(cells.at({0, 46}).features[14] == 1);      // away for one to two hours
}

TEST_CASE("a user's rhythm is learnt week by week, and a stranger has everybody's") {
  const auto grid = weeks_from_january(8);
  auto users = office(10, 8);
  users.push_back({"stranger", {}});
  const auto cells = cells_of(grid, users);
  const std::int64_t monday_at_nine = 7 * slots_per_week + 36, at_night = 7 * slots_per_week + 8;
  double by_users = 0;
  for (std::size_t user = 0; user < 10; ++user) {
    for (std::int64_t quarter = 0; quarter < 8; ++quarter) {
      const auto cell = cells.find({user, monday_at_nine - 4 + quarter});
      if (cell != cells.end()) by_users = std::max(by_users, cell->second.by_user);
    }
  }
  CHECK(by_users > 0.2);
  CHECK(cells.at({10, monday_at_nine}).by_user > 5 * cells.at({10, at_night}).by_user);
  CHECK(cells.at({10, monday_at_nine}).by_user < cells.at({10, monday_at_nine}).by_all);
}
