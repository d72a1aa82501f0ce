// What modes change about what desktops are foretold to use (SPEC A9).
#include "operation/mode_forecast.hpp"

#include <algorithm>

#include "history/recorder.hpp"
#include "history/rollup.hpp"
#include "operation/foretell.hpp"
#include "support/catch.hpp"
#include "unit/operation/recorded_office.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

namespace {

constexpr auto cpu_at = static_cast<std::size_t>(domain::Metric::cpu);

// Who edits films uses three processors and a half, else a half. Modes last from eight to twelve.
struct Studio : Office {
  std::vector<domain::Mode> modes;

  void edit(const std::string& user, int day) {
    modes.push_back({user, "video-editing", day_at(day, 8), day_at(day, 12), "root"});
  }

  void measure(const std::string& user, int until_day) {
    history::Recorder recorder(history);
    for (int hour = 0; hour < until_day * 24; ++hour) {
      const auto at = day_at(0, hour);
      const bool edits = std::ranges::any_of(modes, [&](const domain::Mode& mode) {
        return mode.user == user && mode.name == "video-editing" && mode.holds_at(at);
      });
      domain::Sample sample{user, at};
      sample[domain::Metric::cpu] = edits ? 3.5 : 0.5;
      recorder.take(sample);
    }
    recorder.commit();
  }

  std::vector<forecast::ResourceBand> foretold(const std::string& user, int day, int hour) {
    UsageSource use = source();
    use.modes = modes;
    history::roll_up(history, day_at(day, hour + 2), {}, false);
    foretell(use, store, day_at(day, hour));
    return (*forecast::resources_of(store, user))[cpu_at];
  }
};

}  // namespace

TEST_CASE("a mode foretells hours as they were in it, and nothing beyond its end") {
  Studio studio;
  studio.work(2, 0, 40);
  for (const int day : {10, 17, 24}) studio.edit("user0", day);
  studio.measure("user0", 40);
  const auto without = studio.foretold("user0", 39, 20);
  CHECK(without[2].median < 1);
  studio.modes.push_back({"user0", "video-editing", day_at(39, 20), day_at(39, 23), "user0"});
  const auto with = studio.foretold("user0", 39, 20);
  for (const std::size_t hour : {0U, 1U, 2U}) CHECK(with[hour].median == 3.5F);
  for (std::size_t hour = 3; hour < with.size(); ++hour) {
    CHECK(with[hour].median == without[hour].median);
    CHECK(with[hour].q95 == without[hour].q95);
  }
  SECTION("once it has ended, there is none") {
    studio.modes.back().until = day_at(39, 20);
    CHECK(studio.foretold("user0", 39, 20)[1].median == without[1].median);
  }
  SECTION("one that was set later was not known") {
    studio.modes.back().from += std::chrono::hours(1);
    studio.store.db().execute("DELETE FROM resources_of");  // or else it would be taken for made
    CHECK(studio.foretold("user0", 39, 20)[1].median == without[1].median);
  }
  SECTION("of another, nothing was learnt") {
    studio.modes.back().name = "light-browsing";
    CHECK(studio.foretold("user0", 39, 20)[1].median == without[1].median);
  }
}

TEST_CASE("who was never in a mode is foretold as others in it, and else as policy says at least") {
  Studio studio;
  studio.work(2, 0, 40);
  for (const char* user : {"user0", "user1"}) studio.measure(user, 40);
  studio.policy.modes["video-editing"] = {"video-editing", {}, 2, 0};
  studio.modes.push_back({"user1", "video-editing", day_at(39, 20), day_at(40, 20), "user1"});
  const auto wished = studio.foretold("user1", 39, 20);
  CHECK(wished[2].median < 1);
  CHECK(wished[2].q90 == 2);
  CHECK(wished[2].q95 == 2);

  Studio other;
  other.work(2, 0, 40);
  for (const int day : {3, 7, 10, 14, 17, 24, 28}) other.edit("user0", day);
  for (const char* user : {"user0", "user1"}) other.measure(user, 40);
  other.policy.modes = studio.policy.modes;
  other.modes.push_back(studio.modes.back());
  const auto as_others = other.foretold("user1", 39, 20);
  CHECK(as_others[2].median == 3.5F);
  CHECK(as_others[2].q95 == 3.5F);
}

TEST_CASE("a mode counts within the hour in which it is set or ends") {
  Studio studio;
  CHECK_FALSE(have_modes_changed(studio.source(), base::to_seconds(day_at(1, 9)) / hour_s, day_at(1, 10)));
  UsageSource source = studio.source();
  source.modes = {{"user0", "video-editing", day_at(1, 9) + std::chrono::minutes(5), day_at(1, 11), "root"}};
  const auto changed = [&](std::int64_t hour, int minutes) {
    return have_modes_changed(source, base::to_seconds(day_at(1, hour)) / hour_s,
                              day_at(1, hour) + std::chrono::minutes(minutes));
  };
  CHECK_FALSE(changed(9, 4));
  CHECK(changed(9, 5));
  CHECK_FALSE(changed(10, 30));
  CHECK(changed(11, 0));
}
