#include "forecast/habits.hpp"

#include <algorithm>
#include <cmath>

#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

using predict::HabitCounts;
using predict::Week;

// Counts fade, so that they stay below 30 for half-lives of up to 20 weeks.
constexpr float count_scale = 2048;
constexpr float most_count = 65535 / count_scale;

// Of what is recorded, nothing is later.
constexpr std::int64_t most_sessions = std::int64_t{1} << 32;
constexpr std::int64_t last_time_s = std::int64_t{1} << 40;
// Everybody's, with more users than there are.
constexpr float most_counts = 1e12F;

}  // namespace

std::string pack(const HabitCounts& counts) {
  Packer packer;
  for (const Week* week : {&counts.connects, &counts.exposed, &counts.present}) {
    for (const float count : *week)
      packer.put(static_cast<std::uint16_t>(std::lround(std::min(count, most_count) * count_scale)));
  }
  packer.put(counts.weeks);
  return packer.take();
}

HabitCounts unpack(const std::string& packed) {
  Unpacker unpacker(bytes_of(packed));
  HabitCounts counts;
  for (Week* week : {&counts.connects, &counts.exposed, &counts.present})
    for (float& count : *week) count = static_cast<float>(unpacker.get<std::uint16_t>()) / count_scale;
  counts.weeks = unpacker.amount(most_count);
  unpacker.expect_end();
  return counts;
}

std::string pack_exactly(const HabitCounts& counts) {
  Packer packer;
  for (const Week* week : {&counts.connects, &counts.exposed, &counts.present})
    for (const float count : *week) packer.put(count);
  packer.put(counts.weeks);
  return packer.take();
}

HabitCounts unpack_exactly(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  HabitCounts counts;
  for (Week* week : {&counts.connects, &counts.exposed, &counts.present})
    for (float& count : *week) count = unpacker.amount(most_counts);
  counts.weeks = unpacker.amount(most_counts);
  unpacker.expect_end();
  return counts;
}

std::string pack_sessions(const std::vector<domain::Session>& sessions) {
  Packer packer;
  for (const domain::Session& session : sessions) packer.put(session.begin_s), packer.put(session.end_s);
  return packer.take();
}

std::vector<domain::Session> unpack_sessions(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  std::vector<domain::Session> sessions;
  std::int64_t known_until_s = 0;
  while (!unpacker.is_empty()) {
    const auto begin_s = unpacker.get<std::int64_t>(), end_s = unpacker.get<std::int64_t>();
    if (begin_s < known_until_s || end_s < begin_s || end_s > last_time_s) throw Unpacker::broken();
    sessions.push_back({begin_s, end_s});
    known_until_s = end_s;
  }
  return sessions;
}

std::optional<Counted> counted(const Store& store) {
  auto row = store.db().prepare("SELECT until, late, weeks, all_counts FROM counted");
  if (!row.step()) return {};
  const auto weeks = static_cast<float>(row.real(2));
  if (!(weeks >= 0 && weeks <= most_count)) throw Unpacker::broken();
  return Counted{row.integer(0), row.integer(1), unpack_exactly(row.blob(3)), weeks};
}

void each_habit(const Store& store, const std::function<void(PackedHabit&& habit)>& visit) {
  auto row = store.db().prepare(
      "SELECT user, counts, sessions, open_since, left_out, since FROM habits ORDER BY user");
  while (row.step()) {
    PackedHabit habit{row.text(0),    row.text(1),   unpack_sessions(row.blob(2)), row.optional_integer(3),
                      row.integer(4), row.integer(5)};
    if (habit.open_since && !habit.sessions.empty() && *habit.open_since < habit.sessions.back().end_s)
      throw Unpacker::broken();
    if (habit.left_out < 0 || habit.left_out > most_sessions) throw Unpacker::broken();
    visit(std::move(habit));
  }
}

HabitWriter::HabitWriter(Store& store)
    : store_(store),
      transaction_(store.db()),
      insert_(store.db().prepare("INSERT INTO habits VALUES (?, ?, ?, ?, ?, ?)")) {
  store.db().execute("DELETE FROM habits");
}

void HabitWriter::add(const std::string& user, const Habit& habit) {
  const std::string counts = pack(habit.counts), sessions = pack_sessions(habit.sessions);
  insert_.restart()
      .bind(user)
      .bind(bytes_of(counts))
      .bind(bytes_of(sessions))
      .bind(habit.open_since)
      .bind(habit.left_out)
      .bind(habit.since_s)
      .run();
}

void HabitWriter::finish(const Counted& counted) {
  const std::string all = pack_exactly(counted.all);
  store_.db()
      .prepare("INSERT OR REPLACE INTO counted VALUES (1, ?, ?, ?, ?)")
      .bind(counted.until)
      .bind(counted.late)
      .bind_real(counted.weeks)
      .bind(bytes_of(all))
      .run();
  transaction_.commit();
}

}  // namespace deskloom::forecast
