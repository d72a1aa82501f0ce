#include "plan/inflation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace deskloom::plan {
namespace {

std::vector<InflationStage> ascending(std::span<const InflationStage> stages) {
  std::vector<InflationStage> sorted(stages.begin(), stages.end());
  std::ranges::sort(sorted, [](const InflationStage& a, const InflationStage& b) {
    return std::tie(a.probability, a.name) < std::tie(b.probability, b.name);
  });
  return sorted;
}

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

}  // namespace

InflationChoice choose_inflation(const ShadowSituation& shadow, std::span<const InflationStage> stages) {
  InflationChoice choice{
      std::nullopt, shadow.minimal,
      "a return is expected with " + percent(shadow.probability) + ", less than any stage asks for"};
  for (const InflationStage& stage : ascending(stages)) {
    const auto allocation = domain::share_of(shadow.minimal, shadow.full, stage.shares);
    const bool is_reached = shadow.probability >= stage.probability;
    const bool is_kept = !is_reached && domain::is_within(allocation, shadow.has) &&
                         !(allocation == shadow.minimal) &&
                         shadow.probability >= stage.probability - stage_margin;
    if (!is_reached && !is_kept) break;
    choice.stage = stage.name;
    choice.allocation = allocation;
    choice.reason = is_reached
                        ? fmt::format("a return is expected with {}, and stage {} begins at {}",
                                      percent(shadow.probability), stage.name, percent(stage.probability))
                        : fmt::format(
                              "a return is expected with {}, just below the {} of stage {}, which "
                              "it has",
                              percent(shadow.probability), percent(stage.probability), stage.name);
  }
  return choice;
}

}  // namespace deskloom::plan
