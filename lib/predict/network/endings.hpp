#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "domain/usage.hpp"
#include "predict/time_grid.hpp"

// What a record of sessions says of hosts and of the network: when one of them fails, many sessions end at
// once, and their users come back at once.
namespace deskloom::predict {

// One user's sessions, ascending and disjoint, and the number of the group that the user is of.
struct GroupedSessions {
  std::span<const domain::Session> sessions;
  std::size_t group = 0;
};

// How many sessions ended, against how many were to be expected of those that went on: as large a share of
// them as in the last four weeks at that time of the week. A quarter of an hour ends, as all that is asked,
// lead_s before a slot, so that the last is over when the slot is decided.
class Endings {
 public:
  // To be asked at origins of [first, last); negative slots are before the grid. Looks back on 30 days.
  Endings(const TimeGrid& grid, std::int64_t first, std::int64_t last, std::int64_t lead_s,
          std::span<const GroupedSessions> users);

  // Of everybody, or of one group, in that many quarters before origin was decided: a logarithm, 0 when all
  // is as usual, within -2 and 2.
  double surprise(std::int64_t origin, std::int64_t quarters) const;
  double surprise(std::size_t group, std::int64_t origin, std::int64_t quarters) const;

  // The same around the end of one session, as far as is known at origin, without that one. 0 when it is
  // longer ago than a day.
  double surprise_around(std::int64_t end_s, std::int64_t origin) const;
  double surprise_around(std::size_t group, std::int64_t end_s, std::int64_t origin) const;

 private:
  // Before each quarter: counts from counted_from_ on, what was expected from first_ on.
  struct Sums {
    std::vector<std::uint32_t> ended, at_risk;  // sessions that ended, and those that went on in each quarter
    std::vector<double> expected;

    double ended_in(std::int64_t from, std::int64_t until) const;
    double at_risk_in(std::int64_t from, std::int64_t until) const;
  };

  void count(Sums& sums, std::span<const domain::Session> sessions) const;
  static void add_up(Sums& sums);
  // Both give shares of what goes on that end, quarter by quarter from first_ on; usual: everybody's.
  std::vector<double> mean_shares(const Sums& of_all) const;
  std::vector<double> expect(Sums& sums, std::span<const double> usual) const;
  double surprise(const Sums& sums, std::int64_t from, std::int64_t until, double own) const;
  double surprise_around(const Sums& sums, std::int64_t end_s, std::int64_t origin) const;
  std::int64_t known_at(std::int64_t end_s) const { return grid_.slot_of(end_s + lead_s_ - 1) + 1; }

  const TimeGrid& grid_;
  std::int64_t counted_from_, first_, last_, lead_s_;
  Sums all_;
  std::vector<Sums> groups_;
};

}  // namespace deskloom::predict
