// What is remembered of which applications users start (SPEC D5).
#include "predict/application/memory.hpp"

#include "support/catch.hpp"

using namespace deskloom::predict;

TEST_CASE("counts fade by half in a half-life, and shares do not") {
  FadingTally tally(100);
  CHECK(tally.all(5) == 0);
  CHECK(tally.share(1, 5, 0.25, 2) == 0.25);
  tally.add(1, 1000);
  tally.add(2, 1100);
  CHECK(tally.of(1, 1100) == 0.5);
  CHECK(tally.of(2, 1100) == 1);
  CHECK_THAT(tally.all(1200), Catch::Matchers::WithinRel(0.75, 1e-12));
  CHECK_THAT(tally.share(2, 1200, 0, 0), Catch::Matchers::WithinRel(2.0 / 3, 1e-12));
  CHECK_THAT(tally.share(2, 1'000'000'000, 0.1, 1), Catch::Matchers::WithinAbs(0.1, 1e-9));
}

TEST_CASE("a session ends half an hour after its last application was left") {
  ApplicationMemory memory({{"ann", 0, {}}});
  CHECK(memory.begins_session(0, 1000));
  memory.see(0, {1000, 1, 3600}, 9);
  memory.see(0, {1100, 2, 60}, 9);  // left before the first
  CHECK_FALSE(memory.begins_session(0, 4600 + session_gap_s));
  CHECK(memory.begins_session(0, 4601 + session_gap_s));
  CHECK(memory.user(0).session.size() == 2);
  CHECK(memory.user(0).habits.in_sessions.all(2000) == 0);
  memory.see(0, {50'000, 2, 60}, 14);
  CHECK(memory.user(0).session.size() == 1);
  CHECK(memory.user(0).last_session.size() == 2);
  CHECK(memory.user(0).habits.in_sessions.of(ApplicationMemory::any_session, 50'000) == 1);
  CHECK(memory.role_of(0).in_sessions.of(1, 50'000) == 1);
}

TEST_CASE("what follows what is kept for users and their roles") {
  ApplicationMemory memory({{"ann", 0, {}}, {"bob", 1, {}}, {"eve", 0, {}}});
  for (const ApplicationId application : {1U, 2U, 3U, 2U}) memory.see(0, {1000, application, 0}, 9);
  CHECK(memory.user(0).habits.after.at(2).of(3) == 1);
  CHECK(memory.user(0).habits.after_two.at(ApplicationMemory::pair(1, 2)).of(3) == 1);
  CHECK(memory.role_of(2).after.at(3).of(2) == 1);
  CHECK(memory.role_of(1).after.empty());
  CHECK(memory.everybody().often.of(2, 1000) == 2);
  CHECK(memory.user(0).news == 2);
  CHECK(memory.user(0).habits.by_hour[9].of(2) == 2);
  CHECK(memory.user(0).habits.by_hour[10].of(2) == 1);
  CHECK(memory.user(0).habits.by_hour[11].of(2) == 0);
}
