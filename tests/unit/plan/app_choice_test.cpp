// G2: the application persona for a user: affinity, predicted use, free capacity.
#include "plan/app_choice.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"

using namespace deskloom;
using plan::AppCandidate;

namespace {

std::vector<std::string> order(const std::vector<plan::AppVerdict>& verdicts) {
  std::vector<std::string> names;
  for (const auto& verdict : verdicts) names.push_back(verdict.persona);
  return names;
}

}  // namespace

TEST_CASE("G2: a role that is named counts as its author says, one that is not, little") {
  domain::AppPersona persona;
  CHECK(plan::affinity_for(persona, "clerk") == 0.5);
  CHECK(plan::affinity_for(persona, std::nullopt) == 0.5);
  persona.role_affinity = {{"clerk", 0.8}, {"guest", 0}};
  CHECK(plan::affinity_for(persona, "clerk") == 0.8);
  CHECK(plan::affinity_for(persona, "guest") == 0);
  CHECK(plan::affinity_for(persona, "designer") == 0.1);
  CHECK(plan::affinity_for(persona, std::nullopt) == 0.1);
}

TEST_CASE("G4: predicted use is the author's, until sessions tell otherwise") {
  domain::AppUsage usage;
  usage.hourly[9] = domain::UseLevel::high;
  usage.daily[0] = domain::UseLevel::high;
  std::array<int, 24> begun{};
  CHECK(plan::predicted_use(usage, 9, 0, begun) == 1);
  CHECK(plan::predicted_use(usage, 3, 0, begun) == 0.75);
  begun[3] = 20;
  CHECK(plan::predicted_use(usage, 3, 0, begun) == Approx((0.75 + 1) / 2));
  CHECK(plan::predicted_use(usage, 9, 0, begun) == Approx((1 + 0.1) / 2));
  begun[3] = 100'000;
  CHECK(plan::predicted_use(usage, 3, 0, begun) == Approx(1).margin(0.001));
}

TEST_CASE("G2: what is ready goes before what must be made, as far as it suits as well") {
  const std::vector<AppCandidate> candidates{{"made", 0.9, 1, 0, ""},
                                             {"ready", 0.5, 1, 2, ""},
                                             {"full", 1, 1, 0, "no host has room"},
                                             {"other", 0, 1, 5, ""}};
  const auto verdicts = plan::rank_app_personas(candidates);
  CHECK(order(verdicts) == std::vector<std::string>{"ready", "made", "full", "other"});
  CHECK(verdicts[0].score == 0.5);
  CHECK(verdicts[1].score == 0.45);
  CHECK(verdicts[0].why == "affinity 0.50, predicted use 1.00, 2 ready");
  CHECK(verdicts[1].why == "affinity 0.90, predicted use 1.00, one can be made");
  CHECK(verdicts[2].why == "no host has room");
  CHECK(verdicts[3].why == "is not meant for the user's role");
}

TEST_CASE("G2: the choice is the same in every order, and more of anything never makes it worse") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> share(0, 1);
  for (int i = 0; i < 500; ++i) {
    std::vector<AppCandidate> candidates;
    for (const char* name : {"a", "b", "c", "d"})
      candidates.push_back({name, share(random), share(random), static_cast<int>(random() % 2),
                            random() % 3 == 0 ? "full" : ""});
    const auto before = plan::rank_app_personas(candidates);
    auto shuffled = candidates;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    REQUIRE(order(plan::rank_app_personas(shuffled)) == order(before));
    auto& better = candidates[random() % 4];
    better.affinity = std::min(1.0, better.affinity + 0.1);
    better.warm += 1;
    const auto place = [&](const std::vector<plan::AppVerdict>& verdicts) {
      return std::ranges::find(verdicts, better.persona, &plan::AppVerdict::persona) - verdicts.begin();
    };
    REQUIRE(place(plan::rank_app_personas(candidates)) <= place(before));
  }
}
