#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/usage.hpp"
#include "forecast/store.hpp"
#include "predict/hour_of_week.hpp"

namespace deskloom::forecast {

// One user's habit until Counted::until, and what features look back on.
struct Habit {
  predict::HabitCounts counts;
  std::vector<domain::Session> sessions;   // those of the last weeks before, and what networks read
  std::optional<std::int64_t> open_since;  // in session then
  std::int64_t left_out = 0;               // sessions before those
  std::int64_t since_s = 0;                // when the very first began
};

struct Counted {
  std::int64_t until = 0;  // seconds since 1970, a local Monday's midnight
  std::int64_t late = 0;   // the last late import of the record that is in
  predict::HabitCounts all;
  float weeks = 0;  // that were counted, faded as counts are
};

std::optional<Counted> counted(const Store& store);
// What is stored, of which only what is read is unpacked: an organisation's habits would fill memory.
struct PackedHabit {
  std::string user, counts;
  std::vector<domain::Session> sessions;
  std::optional<std::int64_t> open_since;
  std::int64_t left_out = 0, since_s = 0;
};
void each_habit(const Store& store, const std::function<void(PackedHabit&& habit)>& visit);

// What lies in the BLOBs: see formats(7). Reading throws Error(corrupt) for bytes that nobody has written:
// what it gives is finite and in order.
std::string pack(const predict::HabitCounts& counts);
predict::HabitCounts unpack(const std::string& packed);
std::string pack_exactly(const predict::HabitCounts& counts);
predict::HabitCounts unpack_exactly(std::span<const std::byte> packed);
std::string pack_sessions(const std::vector<domain::Session>& sessions);
std::vector<domain::Session> unpack_sessions(std::span<const std::byte> packed);

// Replaces all habits. One transaction, which the caller holds.
class HabitWriter {
 public:
  explicit HabitWriter(Store& store);
  void add(const std::string& user, const Habit& habit);
  void finish(const Counted& counted);

 private:
  Store& store_;
  base::Transaction transaction_;
  base::Statement insert_;
};

}  // namespace deskloom::forecast
