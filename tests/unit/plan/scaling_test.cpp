// C4: desktops in use, and pools, follow what is used of them, and waver for nothing.
#include "plan/scaling.hpp"

#include <random>

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;
using namespace std::chrono_literals;
using domain::Metric;

namespace {

constexpr std::uint64_t mib = 1 << 20;
const base::Timestamp now = base::from_seconds(1'790'000'000);

NamedRule rule(const std::string& metric, bool is_above, int percent, const std::string& scale, int by,
               std::optional<int> limit = std::nullopt) {
  domain::ScaleRule made;
  made.metric = metric;
  made.is_above = is_above;
  made.percent = percent;
  made.minutes = 10;
  made.scale = scale;
  made.by = by;
  made.limit = limit;
  return {(is_above ? "more " : "less ") + scale, made};
}

const NamedRule more_cpus = rule("cpu", true, 80, "cpus", 1);
const NamedRule fewer_cpus = rule("cpu", false, 30, "cpus", -1);

// Two processors of one to four, 1 GiB of 512 MiB to 4 GiB; cpus are in use at each of the minutes before
// now.
DesktopUse use_of(double cpus, std::vector<int> minutes_ago = {15, 10, 5, 0}) {
  DesktopUse use;
  use.has = {2, 1024 * mib};
  use.minimal = {1, 512 * mib};
  use.full = {4, 4096 * mib};
  use.now = now;
  for (const int minutes : minutes_ago) {
    domain::Sample sample{"alice", now - std::chrono::minutes(minutes)};
    sample[Metric::cpu] = cpus;
    sample[Metric::memory] = 900 * static_cast<double>(mib);
    use.samples.push_back(sample);
  }
  return use;
}

std::uint32_t cpus_after(const DesktopUse& use, const std::vector<NamedRule>& rules) {
  return choose_scale(use, rules).to.vcpus;
}

}  // namespace

TEST_CASE("C4: a rule that has held for all of its minutes changes what it names, and says why") {
  const auto choice = choose_scale(use_of(1.8), std::vector{more_cpus});
  CHECK(choice.to == domain::Allocation{3, 1024 * mib});
  REQUIRE(choice.reasons.size() == 1);
  CHECK(choice.reasons[0] == "more cpus: cpu at 90 % of what it has, above 80 % for 10 minutes: cpus 2 to 3");
  CHECK(cpus_after(use_of(0.1), {fewer_cpus}) == 1);
}

TEST_CASE("C4: one look within the minutes that says otherwise keeps all as it is") {
  auto use = use_of(1.8);
  use.samples[2][Metric::cpu] = 1.5;
  CHECK(cpus_after(use, {more_cpus}) == 2);
  use = use_of(1.8);
  use.samples[0][Metric::cpu] = 1.5;  // before that
  CHECK(cpus_after(use, {more_cpus}) == 3);
}

TEST_CASE("C4: use that was not measured for long enough, or long ago, moves nothing") {
  CHECK(cpus_after(use_of(1.8, {5, 0}), {more_cpus}) == 2);
  CHECK(cpus_after(use_of(1.8, {}), {more_cpus}) == 2);
  CHECK(cpus_after(use_of(1.8, {60, 50, 40}), {more_cpus}) == 2);
  auto use = use_of(1.8);
  for (auto& sample : use.samples) sample[Metric::cpu] = domain::Sample::absent;
  CHECK(cpus_after(use, {more_cpus}) == 2);
}

TEST_CASE("C4: a GPU's use is a share of the GPUs that the desktop has, and moves other resources") {
  const auto more = rule("gpu", true, 80, "memory", 512), less = rule("gpu", false, 30, "memory", -512);
  const auto memory_after = [&](std::uint32_t gpus, double in_use) {
    auto use = use_of(1);
    use.has.gpus = gpus;
    for (auto& sample : use.samples) sample[Metric::gpu] = in_use;
    return choose_scale(use, std::vector{more, less}).to.memory_bytes / mib;
  };
  CHECK(memory_after(1, 0.9) == 1536);
  CHECK(memory_after(2, 0.9) == 1024);
  CHECK(memory_after(2, 1.8) == 1536);
  CHECK(memory_after(0, 0.9) == 1024);
  // Less memory is no more use of a GPU.
  CHECK(memory_after(1, 0.25) == 512);
  auto use = use_of(1);
  use.has.gpus = 1;
  for (auto& sample : use.samples) sample[Metric::gpu] = 0.45;
  const std::vector wide{rule("gpu", true, 80, "memory", 512), rule("gpu", false, 50, "memory", -512)};
  CHECK(choose_scale(use, wide).to.memory_bytes == 512 * mib);
}

TEST_CASE("C4: nothing goes beyond full, minimal, and the rule's own limit") {
  CHECK(cpus_after(use_of(2), {rule("cpu", true, 80, "cpus", 9)}) == 4);
  CHECK(cpus_after(use_of(2), {rule("cpu", true, 80, "cpus", 9, 3)}) == 3);
  CHECK(cpus_after(use_of(2), {rule("cpu", true, 80, "cpus", 9, 1)}) == 2);
  CHECK(cpus_after(use_of(0), {rule("cpu", false, 30, "cpus", -9)}) == 1);
  CHECK(cpus_after(use_of(0), {rule("cpu", false, 30, "cpus", -9, 2)}) == 2);
  CHECK(choose_scale(use_of(2), std::vector{rule("memory", true, 80, "memory", 1 << 20)}).to.memory_bytes ==
        4096 * mib);
}

TEST_CASE("C4: a rate that is not limited, and a GPU's use, have no percentage") {
  CHECK(choose_scale(use_of(2),
                     std::vector{rule("network", false, 100, "cpus", 1), rule("gpu", false, 100, "cpus", 1)})
            .reasons.empty());
}

TEST_CASE("C4: more goes before less, and processors and memory each have their own rule") {
  const auto choice = choose_scale(use_of(1.8), std::vector{rule("memory", true, 0, "cpus", -1), more_cpus,
                                                            rule("memory", true, 80, "memory", 256)});
  CHECK(choice.to == domain::Allocation{3, 1280 * mib});
}

TEST_CASE("C4: what would be given back at once is not taken") {
  // One processor would be at 78 %: within five of the 80 % at which it is given.
  CHECK(cpus_after(use_of(0.78), {more_cpus, rule("cpu", false, 40, "cpus", -1)}) == 2);
  CHECK(cpus_after(use_of(0.7), {more_cpus, rule("cpu", false, 40, "cpus", -1)}) == 1);
}

TEST_CASE("C4: under constant use, any rules come to rest") {
  std::mt19937 random(11);
  std::uniform_int_distribution<int> percent(5, 95), step(1, 3);
  std::uniform_real_distribution<double> used(0, 4);
  for (int round = 0; round < 500; ++round) {
    const int below = percent(random);
    const std::vector<NamedRule> rules{rule("cpu", true, percent(random), "cpus", step(random)),
                                       rule("cpu", false, below, "cpus", -step(random))};
    auto use = use_of(used(random));
    std::vector<std::uint32_t> had;
    for (int run = 0; run < 12; ++run) {
      use.has = choose_scale(use, rules).to;
      had.push_back(use.has.vcpus);
    }
    CAPTURE(round, had);
    CHECK(had[10] == had[11]);
    // Never back to what it had before.
    for (std::size_t i = 2; i < had.size(); ++i) CHECK((had[i] == had[i - 1] || had[i] != had[i - 2]));
  }
}

namespace {

PoolUse pool_use(int in_use, int ready, int extra = 0) {
  PoolUse use;
  use.extra = extra;
  use.now = now;
  use.fills = {{now - 20min, in_use, ready}};
  return use;
}

const std::vector<NamedRule> pool_rules{rule("instances", true, 75, "instances", 2, 20),
                                        rule("instances", false, 40, "instances", -1)};

}  // namespace

TEST_CASE("G4: a pool of which much is in use is given more, up to the limit, and less when it is not") {
  CHECK(choose_pool_scale(pool_use(8, 2), pool_rules).extra == 2);
  CHECK_THAT(choose_pool_scale(pool_use(8, 2), pool_rules).reason,
             test::Contains("80 % of 10 instances in use, above 75 % for 10 minutes"));
  CHECK(choose_pool_scale(pool_use(17, 2, 4), pool_rules).extra == 5);
  CHECK(choose_pool_scale(pool_use(18, 2, 4), pool_rules).extra == 4);
  CHECK(choose_pool_scale(pool_use(3, 7, 2), pool_rules).extra == 1);
  CHECK(choose_pool_scale(pool_use(3, 7), pool_rules).extra == 0);
  CHECK(choose_pool_scale(pool_use(0, 0), pool_rules).extra == 0);
}

TEST_CASE("G4: a pool that was full only for a moment stays as it is") {
  auto use = pool_use(8, 2);
  use.fills.push_back({now - 5min, 5, 5});
  use.fills.push_back({now - 1min, 9, 1});
  CHECK(choose_pool_scale(use, pool_rules).extra == 0);
  use.fills = {{now - 3min, 9, 1}};  // rules changed it three minutes ago
  CHECK(choose_pool_scale(use, pool_rules).extra == 0);
}

TEST_CASE("G4: a pool is not made smaller when the rest would be as full as what makes it larger") {
  const std::vector<NamedRule> eager{rule("instances", true, 50, "instances", 1),
                                     rule("instances", false, 49, "instances", -1)};
  CHECK(choose_pool_scale(pool_use(4, 5, 3), eager).extra == 3);
  CHECK(choose_pool_scale(pool_use(1, 8, 3), eager).extra == 2);
}
