#include "predict/network/near_outlook.hpp"

#include <algorithm>

#include "predict/network/forecasts.hpp"

namespace deskloom::predict {

std::size_t ended_at(const TimeGrid& grid, const Past& past, std::int64_t origin, std::int64_t lead_s) {
  const auto end =
      std::ranges::upper_bound(past.sessions, grid.time_s(origin) - lead_s, {}, &domain::Session::end_s);
  return past.left_out + static_cast<std::size_t>(end - past.sessions.begin());
}

std::vector<float> state_after(const ConnectNetwork& network, const TimeGrid& grid, const Past& past,
                               std::size_t ended) {
  if (ended <= past.left_out) return {};
  // A token tells of the session before its own, too.
  const std::size_t context = context_begin(ended), before = context == 0 ? 0 : context - 1;
  const std::size_t read_from = std::max(before, past.left_out), begin = std::max(context, past.left_out);
  const auto read = std::span(past.sessions).subspan(read_from - past.left_out, ended - read_from);
  const auto tokens = tokens_of(grid, read);
  const auto states = network.states(std::span(tokens).subspan(begin - read_from));
  return {states.end() - static_cast<std::ptrdiff_t>(network.state_width()), states.end()};
}

std::array<float, network_slots> NearOutlook::of(const NearView& view) const {
  const RecentUse recent(
      grid_, crowd_, endings_,
      {view.user.week, view.user.rates, origin_, origin_ + network_slots, view.past, view.group}, lead_s_);
  std::array<ConnectInputs, network_slots> inputs{};
  for (std::size_t ahead = 0; ahead < inputs.size(); ++ahead) {
    const std::int64_t target = origin_ + static_cast<std::int64_t>(ahead);
    inputs[ahead] =
        inputs_of(ahead_features_of(grid_, turnout_, of_all_, calendars_, view.user, origin_, target),
                  recent.features(origin_, target));
  }
  std::array<float, network_slots> foretold{};
  for (std::size_t band = 0; band < network_bands; ++band) {
    const auto begin = static_cast<std::size_t>(horizon_bands[band]);
    const auto count = static_cast<std::size_t>(horizon_bands[band + 1]) - begin;
    network_.logits(view.who, view.state, band, std::span(inputs).subspan(begin, count),
                    std::span(foretold).subspan(begin, count));
  }
  std::ranges::transform(foretold, foretold.begin(), probability_of);
  return foretold;
}

}  // namespace deskloom::predict
