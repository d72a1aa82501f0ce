// Heads of a network (SPEC D4, D5): what they may do to what they correct, what they know, and files that
// lack a part of one.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "../../support/small_heads.hpp"
#include "../../support/small_network.hpp"
#include "base/error.hpp"
#include "commuters.hpp"
#include "office.hpp"
#include "predict/heads/network_heads.hpp"
#include "predict/heads/places.hpp"
#include "predict/heads/resources.hpp"
#include "resources.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;
using deskloom::test::Contains;

namespace {

const ConnectShape small{EncoderKind::lstm, 4, 1, 2, 1, 2, 2, 2, 6, 4};

ModelFile network_with_heads() {
  auto file = small_network(small);
  put_small_heads(file);
  return file;
}

constexpr Quantiles ascending{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12};

}  // namespace

TEST_CASE("quantiles that are not moved stay, and those that are never cross, nor fall below 0") {
  std::array<float, quantile_moves> moves{};
  CHECK(moved(ascending, 8, moves) == ascending);
  std::uint64_t state = 1;
  for (int trial = 0; trial < 2000; ++trial) {
    for (float& move : moves) {
      state = state * 6364136223846793005 + 1442695040888963407;
      move = static_cast<float>(static_cast<double>(state >> 33) / (1U << 28)) - 4;
    }
    for (const Quantiles& from : {ascending, Quantiles{}}) {
      const Quantiles after = moved(from, 3, moves);
      CHECK(are_sound({&after, 1}));
    }
  }
  moves.fill(0);
  moves[0] = 0.5F;
  CHECK(moved(ascending, 8, moves)[median_level] == ascending[median_level] + 4);
}

TEST_CASE("probabilities that a head corrects are still some, and other than they were") {
  const auto file = network_with_heads();
  const ConnectNetwork network(file);
  const NetworkHeads heads(file, network);
  REQUIRE(heads.places);
  const auto knowledge = network.knowledge("ann", {"clerk", ""}, {});
  REQUIRE(knowledge.size() == network.knowledge_width());
  const HeadOfUser head{*heads.places, heads.places->context(knowledge)};
  std::vector<float> rows(3 * place_head_inputs);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::sin(static_cast<float>(i));
  rows[5] = std::numeric_limits<float>::infinity();
  const std::array before{0.7F, 0.3F, 0.0F};
  auto after = before;
  correct_choice(head, rows, after);
  CHECK(std::abs(std::accumulate(after.begin(), after.end(), 0.0F) - 1) < 1e-5F);
  CHECK(std::ranges::all_of(after, [](float p) { return p >= 0 && p <= 1; }));
  CHECK(after != before);
  const HeadOfUser other{*heads.places, heads.places->context(network.knowledge("bob", {}, {}))};
  auto of_other = before;
  correct_choice(other, rows, of_other);
  CHECK(of_other != after);
}

TEST_CASE("a head corrects the next day of a desktop, and only of one that is known") {
  const auto file = network_with_heads();
  const ConnectNetwork network(file);
  const auto& head = *NetworkHeads(file, network).resources[0];
  const HeadOfUser of_ann{head, head.context(network.knowledge("ann", {}, {}))};
  const auto desktops = busy_desktops(1, 30);
  const base::TimeZone utc("UTC");
  const ResourceModel model = ResourceModel::untrained();
  ResourceForecaster forecaster(model);
  const auto forecast = [&](const HourlyAmounts& series, bool corrects) {
    std::vector<Quantiles> ahead(48);
    forecaster.forecast(ResourceOrigin(utc, january_hour + 20 * 24), series, ahead);
    if (corrects) correct_resources(of_ann, forecaster, ahead);
    CHECK(are_sound(ahead));
    return ahead;
  };
  const auto plain = forecast(desktops[0], false), corrected = forecast(desktops[0], true);
  CHECK(plain[10] != corrected[10]);
  CHECK(std::equal(plain.begin() + 24, plain.end(), corrected.begin() + 24));
  HourlyAmounts hardly_known = desktops[0];
  hardly_known.first_hour = january_hour + 20 * 24 - 5;
  CHECK(forecast(hardly_known, false) == forecast(hardly_known, true));
  const auto idle = amounts_from_january(std::vector<float>(30 * 24));
  CHECK(forecast(idle, true).size() == 48);
}

TEST_CASE("what is known of a user at a time is from sessions that had ended") {
  const auto file = small_network(small);
  const ConnectNetwork network(file);
  Dataset whole{weeks_from_january(4), office(2, 4), {{"clerk", ""}, {}}, {}};
  whole.users[0].user = "ann";
  Dataset cut = whole;
  const std::int64_t at_s = whole.users[0].sessions[5].end_s;
  for (UserSessions& user : cut.users)
    std::erase_if(user.sessions, [&](const domain::Session& session) { return session.end_s > at_s; });
  Knowledge of_whole(network, whole), of_cut(network, cut);
  const auto values = [](Knowledge& of, const std::string& user, std::int64_t time_s) {
    const auto row = of.row(user, time_s);
    const auto found = of.values(row);
    return std::vector<float>(found.begin(), found.end());
  };
  CHECK(values(of_whole, "ann", at_s) == values(of_cut, "ann", at_s));
  CHECK(of_whole.row("ann", at_s) == of_whole.row("ann", at_s + 1));
  CHECK(values(of_whole, "ann", at_s) != values(of_whole, "ann", at_s - 1));
  // Of who never came, the state is 0, and "ann" is known by name.
  const auto before = values(of_whole, "ann", 0);
  CHECK(std::all_of(before.begin(), before.begin() + 4, [](float value) { return value == 0; }));
  CHECK(values(of_whole, "nobody", at_s) == network.knowledge("nobody", {}, {}));
}

TEST_CASE("what a head learns from is foretold from what was known before it") {
  const auto file = small_network(small);
  const ConnectNetwork network(file);
  const auto grid = weeks_from_january(8);
  const auto users = commuters(4, 8);
  const Dataset dataset{grid, {}, {}, {}};
  Knowledge knowledge(network, dataset);
  const std::int64_t validated_from = 6 * week_h;
  const auto whole = place_head_set(grid, users, {}, validated_from, hours_of(grid), knowledge);
  auto cut = users;
  for (UserSightings& user : cut)
    std::erase_if(user.sightings, [&](const Sighting& sighting) { return sighting.hour >= validated_from; });
  const auto learnt = place_head_set(grid, cut, {}, validated_from, hours_of(grid), knowledge);
  CHECK(learnt.learnt.rows == whole.learnt.rows);
  CHECK(learnt.learnt.base == whole.learnt.base);
  CHECK(learnt.validated.size() == 0);
  REQUIRE(whole.validated.size() > 0);
  CHECK(whole.validated.rows.size() == whole.validated.ends.back() * place_head_inputs);
  std::size_t begin = 0;
  for (const std::uint32_t end : whole.validated.ends) {
    const auto truths = std::span(whole.validated.truths).subspan(begin, end - begin);
    CHECK(std::ranges::count(truths, 1.0F) == 1);
    begin = end;
  }
}

TEST_CASE("a head of which something is missing is refused, and one that is not there is none") {
  auto file = network_with_heads();
  const ConnectNetwork network(file);
  CHECK_FALSE(NetworkHeads(small_network(small), network).places);
  for (const char* part : {".wide.weight", ".last.bias", ".mean"}) {
    auto broken = file;
    broken.tensors.erase(std::string(place_head) + part);
    CHECK_THROWS_AS(NetworkHeads(broken, network), base::Error);
  }
  file.tensors[resource_head("cpu") + ".offsets"].values.pop_back();
  file.tensors[resource_head("cpu") + ".offsets"].shape = {quantile_moves - 1};
  try {
    NetworkHeads heads(file, network);
    FAIL("was taken");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::corrupt);
    CHECK_THAT(error.what(), Contains("heads.resource.cpu.offsets"));
  }
}
