#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "predict/connect/samples.hpp"
#include "predict/network/connect_network.hpp"

namespace deskloom::predict {

// How many of a user's sessions a network can have read of at origin.
std::size_t ended_at(const TimeGrid& grid, const Past& past, std::int64_t origin, std::int64_t lead_s);
// The network's state after that many sessions; empty after none. The past should hold all from context_begin
// on, and the session before that: of what it does not hold, nothing is known.
std::vector<float> state_after(const ConnectNetwork& network, const TimeGrid& grid, const Past& past,
                               std::size_t ended);

// One user at that moment.
struct NearView {
  UserView user;
  Past past;
  std::size_t group;             // in the crowd
  std::span<const float> who;    // ConnectNetwork::who
  std::span<const float> state;  // after the sessions that have ended
};

// Everybody at one moment, as a network sees the coming hour. What it is given must outlive it.
class NearOutlook {
 public:
  NearOutlook(const ConnectNetwork& network, const TimeGrid& grid, std::int64_t origin,
              const Turnout& turnout, const HabitRates& of_all, const KnownFuture& calendars,
              const Crowd& crowd, const Endings& endings, std::int64_t lead_s)
      : network_(network),
        grid_(grid),
        origin_(origin),
        turnout_(turnout),
        of_all_(of_all),
        calendars_(calendars),
        crowd_(crowd),
        endings_(endings),
        lead_s_(lead_s) {}

  // Probabilities that a session begins in each slot from the origin on. The first is of those who are away:
  // who is in session until then is not asked for.
  std::array<float, network_slots> of(const NearView& view) const;

 private:
  const ConnectNetwork& network_;
  const TimeGrid& grid_;
  std::int64_t origin_;
  const Turnout& turnout_;
  const HabitRates& of_all_;
  const KnownFuture& calendars_;
  const Crowd& crowd_;
  const Endings& endings_;
  std::int64_t lead_s_;
};

}  // namespace deskloom::predict
