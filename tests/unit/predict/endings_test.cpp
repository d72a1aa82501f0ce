// Sessions that end at once (SPEC D4): what a record says of hosts and of the network that failed.
#include "predict/network/endings.hpp"

#include <cmath>

#include "office.hpp"
#include "predict/connect/features.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr int weeks = 6;
constexpr std::int64_t lead_s = ConnectOptions{}.lead_s;
constexpr std::int64_t outage = 5 * slots_per_week + 2 * slots_per_day + 11 * 4;  // Wednesday at 11:00
constexpr std::int64_t after = outage + 1;  // the first slot that is decided when it is known

// Two departments in turn. Those of the first are cut off, one a second, and come back five minutes later.
class Departments {
 public:
  explicit Departments(bool fails) : users_(office(40, weeks)) {
    const std::int64_t at = grid_.time_s(outage);
    for (std::size_t user = 0; fails && user < users_.size(); user += 2) {
      std::vector<domain::Session> all;
      for (const domain::Session& session : users_[user].sessions) {
        const std::int64_t cut_s = at + static_cast<std::int64_t>(user);
        if (session.begin_s >= cut_s || session.end_s <= cut_s + 300) {
          all.push_back(session);
          continue;
        }
        all.push_back({session.begin_s, cut_s});
        all.push_back({cut_s + 300, session.end_s});
        cut_.push_back(cut_s);
      }
      users_[user].sessions = all;
    }
  }

  Endings endings() const {
    std::vector<GroupedSessions> grouped;
    for (std::size_t user = 0; user < users_.size(); ++user)
      grouped.push_back({users_[user].sessions, user % 2});
    return {grid_, 5 * slots_per_week, grid_.slots(), lead_s, grouped};
  }
  const TimeGrid& grid() const { return grid_; }
  const std::vector<std::int64_t>& cut() const { return cut_; }

 private:
  TimeGrid grid_ = weeks_from_january(weeks);
  std::vector<UserSessions> users_;
  std::vector<std::int64_t> cut_;  // when
};

}  // namespace

TEST_CASE("an outage shows in the quarter of an hour after it, in its department more, and not before") {
  const Departments usual(false), failed(true);
  REQUIRE(failed.cut().size() > 10);
  const Endings without = usual.endings(), with = failed.endings();
  CHECK(with.surprise(after - 1, 4) == without.surprise(after - 1, 4));
  CHECK(std::abs(without.surprise(after, 1)) < 0.7);
  for (const std::int64_t quarters : {1, 4, 12}) {
    CHECK(with.surprise(after, quarters) > without.surprise(after, quarters) + 0.5);
    CHECK(with.surprise(0, after, quarters) > without.surprise(0, after, quarters) + 0.5);
    CHECK(with.surprise(1, after, quarters) == without.surprise(1, after, quarters));
  }
  CHECK(with.surprise(0, after, 12) > with.surprise(after, 12));
  CHECK(with.surprise(0, after, 1) > 1.5);
  CHECK(with.surprise(0, after + 4, 1) < without.surprise(0, after + 4, 1) + 0.3);  // over
  CHECK(with.surprise(0, after + 4, 12) > 0.5);
}

TEST_CASE("of a user it is known whether others ended with them, for a day") {
  const Departments failed(true);
  const Endings endings = failed.endings();
  for (const std::int64_t end_s : failed.cut()) {
    CHECK(endings.surprise_around(0, end_s, after) > 1.5);
    CHECK(endings.surprise_around(end_s, after) > 1);
    CHECK(endings.surprise_around(0, end_s, after + slots_per_day - 1) > 1.5);
    CHECK(endings.surprise_around(0, end_s, after + slots_per_day) == 0);
  }
  CHECK(std::abs(endings.surprise_around(0, failed.cut().front() - 2 * 3600, after)) < 0.7);
}

TEST_CASE("a session's end counts once it is known, and alone it is no outage to its user") {
  const auto grid = weeks_from_january(weeks);
  const std::int64_t decided_s = grid.time_s(outage) - lead_s;
  const auto endings = [&](std::int64_t end_s) {
    static std::vector<domain::Session> sessions;
    sessions = {{end_s - 7200, end_s}};
    const std::vector<GroupedSessions> users{{sessions, 0}};
    return Endings(grid, outage, outage + 2, lead_s, users);
  };
  CHECK(endings(decided_s).surprise(outage, 1) > 0.3);
  CHECK(endings(decided_s + 1).surprise(outage, 1) <= 0);
  CHECK(endings(decided_s + 1).surprise(outage + 1, 1) > 0.3);
  CHECK(endings(decided_s).surprise_around(decided_s, outage) <= 0);
}

TEST_CASE("who never came, is always there, or came before all that is looked at, surprises nobody") {
  const auto grid = weeks_from_january(1);
  const std::vector<domain::Session> none, always{{grid.time_s(0) - 1'000'000'000, grid.time_s(1'000'000)}},
      long_ago{{grid.time_s(0) - 900'000'000, grid.time_s(0) - 800'000'000}};
  const std::vector<GroupedSessions> users{{none, 0}, {always, 2}, {long_ago, 0}};
  const Endings endings(grid, 0, grid.slots(), lead_s, users);
  for (std::int64_t origin = 0; origin < grid.slots(); origin += 50) {
    CHECK(endings.surprise(0, origin, 4) == 0);
    CHECK(endings.surprise(1, origin, 4) == 0);
    CHECK(std::abs(endings.surprise(origin, 12)) < 0.5);
    CHECK(endings.surprise_around(long_ago.front().end_s, origin) == 0);
  }
  CHECK(Endings(grid, 0, 0, lead_s, {}).surprise(0, 4) == 0);
}
