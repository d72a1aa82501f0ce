// SPEC A6: which snapshots stay.
#include "plan/keep.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace deskloom;
using plan::Dated;
using plan::KeepRule;

namespace {

// One snapshot at each of these moments, newest first; which stay, as their moments.
std::vector<std::string> kept(const std::vector<std::string>& moments, const KeepRule& rule) {
  std::vector<Dated> snapshots;
  for (const auto& moment : moments)
    snapshots.push_back({moment, base::parse_rfc3339(moment.substr(0, 19) + ".000Z")});
  std::vector<std::string> result;
  for (const auto& decision : plan::decide_what_to_keep(snapshots, rule)) {
    if (decision.keep) result.push_back(decision.id);
  }
  return result;
}

}  // namespace

TEST_CASE("the newest stay, however close together") {
  CHECK(kept({"2026-01-05T10:02:00Z", "2026-01-05T10:01:00Z", "2026-01-05T10:00:00Z"}, {2, 0, 0, 0}) ==
        std::vector<std::string>{"2026-01-05T10:02:00Z", "2026-01-05T10:01:00Z"});
}

TEST_CASE("of each hour and day the newest stays, also across midnight, and hours without one do not count") {
  const std::vector<std::string> moments{"2026-01-05T00:10:00Z", "2026-01-05T00:00:00Z",
                                         "2026-01-04T23:59:59Z", "2026-01-04T23:00:00Z",
                                         "2026-01-02T12:00:00Z", "2026-01-01T12:00:00Z"};
  CHECK(kept(moments, {1, 3, 0, 0}) ==
        std::vector<std::string>{"2026-01-05T00:10:00Z", "2026-01-04T23:59:59Z", "2026-01-02T12:00:00Z"});
  CHECK(kept(moments, {1, 0, 2, 0}) ==
        std::vector<std::string>{"2026-01-05T00:10:00Z", "2026-01-04T23:59:59Z"});
}

TEST_CASE("weeks begin on Monday") {
  // 2026-01-05 is a Monday.
  CHECK(kept({"2026-01-11T23:00:00Z", "2026-01-05T00:00:00Z", "2026-01-04T23:00:00Z", "2025-12-29T00:00:00Z",
              "2025-12-28T00:00:00Z"},
             {1, 0, 0, 3}) ==
        std::vector<std::string>{"2026-01-11T23:00:00Z", "2026-01-04T23:00:00Z", "2025-12-28T00:00:00Z"});
}

TEST_CASE("a day before 1970 is a day too") {
  CHECK(kept({"1970-01-01T01:00:00Z", "1969-12-31T23:00:00Z", "1969-12-31T01:00:00Z"}, {1, 0, 2, 0}) ==
        std::vector<std::string>{"1970-01-01T01:00:00Z", "1969-12-31T23:00:00Z"});
}
