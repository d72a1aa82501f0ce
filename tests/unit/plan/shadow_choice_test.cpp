// Whose shadow is worth its keep (SPEC B3).
#include "plan/shadow_choice.hpp"

#include "outlooks.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;
using namespace deskloom::test;

namespace {

const std::vector<bool> nobody_holds(3);

PoolOutlook three_users() {
  PoolOutlook outlook = quiet_outlook();
  outlook.arrivals.users = {user_coming("cleo", 0), user_coming("anna", 0), user_coming("ben", 0)};
  return outlook;
}

}  // namespace

TEST_CASE("B3: a shadow is worth it when what it saves outweighs what it idles, by the chance") {
  // It saves 27 s, 0.45 of money; idling costs 0.6: worth it above 0.6 / 1.05.
  const auto outlook = three_users();
  CHECK(users_worth_a_shadow(outlook, {0.58, 0.57, 0.1}, nobody_holds, 0.6, 10) ==
        std::vector<std::size_t>{0});
  CHECK(users_worth_a_shadow(outlook, {0.58, 0.57, 0.25}, nobody_holds, 0.0, 10).size() == 3);
  CHECK(users_worth_a_shadow(outlook, {0.24, 0.1, 0.01}, nobody_holds, 0.0, 10).empty());
}

TEST_CASE("B3: the most probable come first, of equals the first by name, as far as there is room") {
  const auto outlook = three_users();
  CHECK(users_worth_a_shadow(outlook, {0.9, 0.9, 0.95}, nobody_holds, 0.1, 10) ==
        std::vector<std::size_t>{2, 1, 0});
  CHECK(users_worth_a_shadow(outlook, {0.9, 0.9, 0.95}, nobody_holds, 0.1, 2) ==
        std::vector<std::size_t>{2, 1});
  CHECK(users_worth_a_shadow(outlook, {0.9, 0.9, 0.95}, nobody_holds, 0.1, -3).empty());
}

TEST_CASE("B3: who holds an instance needs no shadow, and nobody does when it saves nothing") {
  auto outlook = three_users();
  CHECK(users_worth_a_shadow(outlook, {1, 1, 0}, {true, false, false}, 0.1, 10) ==
        std::vector<std::size_t>{1});
  outlook.times.inflate_s = 40;
  CHECK(minutes_saved(outlook.times) == 0);
  CHECK(users_worth_a_shadow(outlook, {1, 1, 1}, nobody_holds, 0.1, 10).empty());
}
