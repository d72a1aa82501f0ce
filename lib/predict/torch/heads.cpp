#include "predict/torch/heads.hpp"

#include "predict/connect/samples.hpp"
#include "predict/heads/applications.hpp"
#include "predict/heads/lengths.hpp"
#include "predict/heads/places.hpp"
#include "predict/network/training_rows.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t hour_s = 3600;

}  // namespace

void train_heads(const Dataset& dataset, const base::TimeZone& zone, const HeadRecord& record,
                 std::int64_t lead_s, std::uint64_t seed, ModelFile& network,
                 const std::function<void(const std::string& name, const HeadScore& score)>& report,
                 const std::function<bool()>& is_late) {
  const ConnectNetwork trunk(network);
  const TimeGrid& grid = dataset.grid;
  const std::int64_t validated_from = std::max<std::int64_t>(grid.slots() - validation_slots, 0);
  const std::int64_t validated_from_s = grid.time_s(validated_from), until_s = grid.time_s(grid.slots());
  Knowledge knowledge(trunk, dataset);
  const auto train = [&](const std::string& name, const HeadSet& set) {
    if (set.learnt.size() == 0 || set.validated.size() == 0) return;
    report(name, train_head(set, {knowledge.values(), knowledge.width()}, name, seed, network));
  };
  if (!is_late()) {
    train(length_head, length_head_set(dataset, numbered(dataset.people, &Person::role), lead_s,
                                       validated_from, knowledge));
  }
  if (!record.sightings.empty() && !is_late()) {
    train(place_head, place_head_set(grid, record.sightings, record.holidays, validated_from / hour_slots,
                                     hours_of(grid), knowledge));
  }
  if (!record.launches.empty() && !is_late()) {
    const auto sets = application_head_sets(zone, record.launches, validated_from_s, until_s, knowledge);
    train(next_application_head, sets.next);
    train(use_head, sets.use);
  }
  for (const auto& [metric, users] : record.amounts) {
    if (is_late()) return;
    train(resource_head(metric),
          resource_head_set(users, zone, validated_from_s / hour_s, until_s / hour_s, knowledge));
  }
}

}  // namespace deskloom::predict
