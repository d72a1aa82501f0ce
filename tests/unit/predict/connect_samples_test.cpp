// What networks read (SPEC D4): none of it may see the future.
#include "predict/connect/samples.hpp"

#include <cmath>
#include <map>

#include "office.hpp"
#include "predict/network/session_tokens.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

struct Key {
  std::size_t user;
  std::int64_t slot, ahead;
  auto operator<=>(const Key&) const = default;
  std::int64_t origin() const { return slot - ahead; }
};

std::map<Key, ConnectSample> samples_of(const Dataset& data) {
  std::map<Key, ConnectSample> samples;
  each_connect_sample(
      data, {}, {0, data.grid.slots(), network_slots},
      [](std::size_t, std::int64_t, std::int64_t, bool) { return true; },
      [&](const ConnectSample& sample) {
        samples[{sample.user, sample.slot, sample.ahead}] = sample;
      });
  return samples;
}

Dataset data_of(std::vector<UserSessions> users, int weeks) {
  std::vector<Person> people;
  for (std::size_t user = 0; user < users.size(); ++user) people.push_back({"", user % 2 == 0 ? "a" : "b"});
  return {weeks_from_january(weeks), std::move(users), std::move(people)};
}

}  // namespace

TEST_CASE("nothing that a network reads of a slot changes when what came after its decision is deleted") {
  constexpr int weeks = 6;
  const auto whole = data_of(office(10, weeks), weeks);
  const auto all = samples_of(whole);
  for (const std::int64_t cut : {slots_per_week * 2 + 36, slots_per_week * 5 + 2 * 96 + 80}) {
    auto known = whole;
    const std::int64_t decided_s = whole.grid.time_s(cut) - ConnectOptions{}.lead_s;
    for (UserSessions& user : known.users) {
      std::erase_if(user.sessions, [&](const domain::Session& s) { return s.begin_s >= decided_s; });
      for (domain::Session& session : user.sessions)
        if (session.end_s > decided_s) session.end_s = decided_s + 1'000'000'000;
    }
    int compared = 0;
    for (const auto& [key, sample] : samples_of(known)) {
      if (key.origin() > cut) continue;
      const auto found = all.find(key);
      // Who came between the decision and the slot is not away, but that was not known.
      if (found == all.end()) {
        CHECK(key.origin() == cut);
        CHECK(key.ahead == 0);
        continue;
      }
      CHECK(found->second.inputs == sample.inputs);
      CHECK(found->second.ended == sample.ended);
      compared += key.origin() == cut ? 1 : 0;
    }
    CHECK(compared > 0);
  }
}

TEST_CASE("inputs are finite for users who never came, came once, or are always there") {
  constexpr int weeks = 3;
  const auto grid = weeks_from_january(weeks);
  const auto data = data_of({{"never", {}},
                             {"once", {{grid.time_s(100), grid.time_s(101)}}},
                             {"before", {{grid.time_s(0) - 900'000, grid.time_s(0) - 800'000}}},
                             {"always", {{grid.time_s(0) - 900, grid.time_s(grid.slots()) + 900}}}},
                            weeks);
  const auto samples = samples_of(data);
  CHECK(samples.size() > network_slots * 3 * 1900);
  for (const auto& [key, sample] : samples) {
    CHECK((key.user != 3 || key.ahead > 0));
    for (const float input : sample.inputs) REQUIRE(std::isfinite(input));
  }
  CHECK(samples.at({1, 100, 0}).ended == 0);
  CHECK(samples.at({1, 102, 0}).ended == 1);
}

TEST_CASE("a session's token says how long it was, and what was before it") {
  const auto grid = weeks_from_january(2);
  const std::int64_t begin = grid.time_s(48);  // Monday noon
  const auto tokens =
      tokens_of(grid, std::vector<domain::Session>{{begin, begin + 7200}, {begin + 10'800, begin + 14'400}});
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0][0] == 0);
  CHECK(tokens[0][1] == std::log1p(2.0F));
  CHECK(std::abs(tokens[0][2]) < 1e-6);  // the sine of half a day
  CHECK(tokens[0][3] == -1);
  CHECK(tokens[0][7] == 1);
  CHECK(tokens[1][0] == std::log1p(1.0F));
  CHECK(tokens[1][1] == std::log1p(1.0F));
  CHECK(tokens[1][7] == 0);
}

TEST_CASE("a state is made of its block and the one before") {
  CHECK(context_begin(1) == 0);
  CHECK(context_begin(2 * block_tokens) == 0);
  CHECK(context_begin(2 * block_tokens + 1) == block_tokens);
}
