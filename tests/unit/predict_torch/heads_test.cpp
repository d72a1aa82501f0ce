// Heads (SPEC D4): used as LibTorch would, to 1e-5; learnt where there is something to learn, the same each
// time, and left out where not.
#include <cmath>

#include "../predict/commuters.hpp"
#include "../predict/office.hpp"
#include "../predict/resources.hpp"
#include "predict/heads/lengths.hpp"
#include "predict/heads/network_heads.hpp"
#include "predict/spread.hpp"
#include "predict/torch/checkpoint.hpp"
#include "predict/torch/head_module.hpp"
#include "predict/torch/heads.hpp"
#include "support/catch.hpp"
#include "support/small_network.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr double very_close = 1e-5;
constexpr std::size_t knowledge_width = 5, inputs = 7;

float noise(std::size_t number) { return static_cast<float>(spread(number)); }

// Users who are of one kind or the other, which their knowledge tells, and do what it says; or whatever
// they do, knows nobody.
HeadSet chances(bool follows) {
  HeadSet set(HeadKind::chance, inputs);
  for (std::size_t question = 0; question < 3000; ++question) {
    const std::uint32_t who = question % 4;
    std::vector<float> row;
    for (std::size_t i = 0; i < inputs; ++i) row.push_back(noise(question * 31 + i));
    const float p = follows && who >= 2 ? 0.9F : 0.3F;
    (question < 2000 ? set.learnt : set.validated)
        .add_chance(row, follows ? 0.6F : 0.3F, noise(1'000'000 + question) < p, who);
  }
  return set;
}

const std::vector<float> kinds{1, 0, 0, 0, 0, 0.9F, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.9F, 0, 0, 0};
const KnowledgeRows four_users{kinds, knowledge_width};

std::string tensors_of(const HeadSet& set, std::uint64_t seed) {
  ModelFile model("test");
  train_head(set, four_users, "h", seed, model);
  return encode_model(model);
}

}  // namespace

TEST_CASE("a head gives LibTorch's corrections, and moves quantiles as it was trained to") {
  torch::manual_seed(4);
  const torch::NoGradGuard guard;
  HeadModule module(HeadKind::quantiles, knowledge_width, inputs);
  for (auto& parameter : module.parameters()) parameter.normal_(0, 0.4);
  module.eval();
  ModelFile model("test");
  for (const auto& parameter : module.named_parameters())
    put(model, "h." + parameter.key(), parameter.value());
  model.tensors["h.mean"] = {{inputs}, std::vector<float>(inputs, 0)};
  model.tensors["h.factor"] = {{inputs}, std::vector<float>(inputs, 1)};
  model.tensors["h.strength"] = {{1}, {0.5F}};
  model.tensors["h.offsets"] = {{quantile_moves}, std::vector<float>(quantile_moves, 0)};
  const auto head = Head::in(model, "h", HeadKind::quantiles, knowledge_width, inputs);
  REQUIRE(head);
  const auto known = torch::randn({1, static_cast<std::int64_t>(knowledge_width)});
  const auto rows = torch::randn({9, static_cast<std::int64_t>(inputs)});
  const auto wanted = (module.forward(known.expand({9, -1}), rows) * 0.5).contiguous();
  const auto found = head->corrections(head->context({known.data_ptr<float>(), knowledge_width}),
                                       {rows.data_ptr<float>(), 9 * inputs});
  REQUIRE(static_cast<std::int64_t>(found.size()) == wanted.numel());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(std::abs(found[i] - wanted.data_ptr<float>()[i]) < very_close);

  // In spreads from the median, as examples have it; far from 0, where amounts end.
  constexpr Quantiles base{-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 8};
  constexpr float spread = 3, far = 100;
  const auto normal = torch::tensor(at::ArrayRef<float>(base.data(), base.size())).view({1, -1}) / spread;
  const auto by_torch = moved_quantiles(normal.expand({9, -1}), wanted).contiguous();
  Quantiles shifted = base;
  for (float& quantile : shifted) quantile += far;
  for (std::size_t row = 0; row < 9; ++row) {
    const auto ours = moved(shifted, spread, std::span(found).subspan(row * quantile_moves, quantile_moves));
    for (std::size_t level = 0; level < ours.size(); ++level) {
      const float theirs = by_torch.data_ptr<float>()[row * quantile_moves + level] * spread + far;
      CHECK(std::abs(ours[level] - theirs) < far * very_close);
    }
  }
}

TEST_CASE("a head learns what users are like, alike each time, and is left out where that says nothing") {
  const auto set = chances(true);
  ModelFile model("test");
  const HeadScore score = train_head(set, four_users, "h", 1, model);
  CHECK(score.loss < 0.9 * score.base_loss);
  CHECK(score.strength > 0);
  const auto head = Head::in(model, "h", HeadKind::chance, knowledge_width, inputs);
  REQUIRE(head);
  const auto corrected = [&](std::uint32_t who) {
    float p = 0.6F;
    const auto known = std::span(kinds).subspan(who * knowledge_width, knowledge_width);
    correct_chances({*head, head->context(known)}, std::vector<float>(inputs, 0.5F), {&p, 1});
    return p;
  };
  CHECK(corrected(0) < 0.45F);
  CHECK(corrected(3) > 0.75F);
  CHECK(tensors_of(set, 1) == encode_model(model));
  CHECK(tensors_of(set, 2) != encode_model(model));

  ModelFile empty("test");
  CHECK(train_head(chances(false), four_users, "h", 1, empty).strength == 0);
  CHECK(empty.tensors.empty());
  HeadSet few = set;
  few.validated = HeadExamples{};
  CHECK(train_head(few, four_users, "h", 1, empty).strength == 0);
}

TEST_CASE("heads of an organisation are learnt, and put into its network, which still is one") {
  constexpr int weeks = 14;
  auto sessions = office(6, weeks);
  const Dataset dataset{weeks_from_january(weeks), sessions, std::vector<Person>(6, {"clerk", "office"}), {}};
  HeadRecord record;
  record.sightings = commuters(6, weeks);
  for (std::size_t user = 0; user < 6; ++user) record.sightings[user].user = sessions[user].user;
  const auto desktops = busy_desktops(6, 7 * weeks);
  for (std::size_t user = 0; user < 6; ++user)
    record.amounts["cpu"].push_back({sessions[user].user, desktops[user]});
  auto network = small_network({EncoderKind::lstm, 4, 1, 2, 1, 2, 2, 2, 6, 4});
  std::map<std::string, HeadScore> scores;
  const auto note = [&](const std::string& name, const HeadScore& score) { scores[name] = score; };
  train_heads(dataset, base::TimeZone("Europe/Warsaw"), record, 240, 1, network, note, [] { return false; });
  CHECK(scores.size() == 3);
  for (const auto& [name, score] : scores) {
    INFO(name << " " << score.loss << " " << score.base_loss);
    if (name != length_head) CHECK(score.base_loss > 0);  // of lengths, there are too few to validate
    CHECK(score.loss <= score.base_loss);
    CHECK(network.tensors.contains(name + ".strength") == (score.strength > 0));
  }
  CHECK_NOTHROW(NetworkHeads(network, ConnectNetwork(network)));

  auto late = small_network({EncoderKind::lstm, 4, 1, 2, 1, 2, 2, 2, 6, 4});
  scores.clear();
  train_heads(dataset, base::TimeZone("Europe/Warsaw"), record, 240, 1, late, note, [] { return true; });
  CHECK(scores.empty());
}
