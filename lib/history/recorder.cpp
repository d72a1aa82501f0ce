#include "history/recorder.hpp"

#include <algorithm>
#include <tuple>

#include "history/steps.hpp"

namespace deskloom::history {
namespace {

constexpr std::size_t batch_rows = 1 << 16;
constexpr std::int64_t day_s = 86'400;

// When nothing is recorded, everything comes late.
std::int64_t newest_connection(const base::Database& db) {
  auto row = db.prepare("SELECT max(at) FROM connections");
  row.step();
  return row.optional_integer(0).value_or(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

Recorder::Recorder(Store& store)
    : store_(store),
      transaction_(store.db()),
      kept_(store.kept()),
      names_(store.db()),
      connections_{store.db().prepare("INSERT OR IGNORE INTO connections VALUES (?, ?, ?)"), 3, {}},
      launches_{
          store.db().prepare(
              "INSERT INTO launches VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET dwell_s = excluded.dwell_s "
              "WHERE excluded.dwell_s > dwell_s"),
          4,
          {}},
      file_uses_{store.db().prepare("INSERT OR IGNORE INTO file_uses VALUES (?, ?, ?, ?)"), 4, {}},
      visits_{store.db().prepare("INSERT OR IGNORE INTO visits VALUES (?, ?, ?)"), 3, {}},
      insert_sample_(store.db().prepare("INSERT OR IGNORE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      find_five_minutes_(store.db().prepare("SELECT 1 FROM five_minutes WHERE at = ? AND user = ?")),
      find_hour_(store.db().prepare("SELECT 1 FROM hours WHERE at = ? AND user = ?")),
      newest_before_(newest_connection(store.db())) {}

bool Recorder::is_expired(std::int64_t at) {
  if (at >= kept_.all_from) return false;
  ++counts_.expired;
  return true;
}

// Then the samples themselves were removed, and this is one of them, or comes too late.
bool Recorder::is_rolled_up(const SampleRow& row) {
  if (row.at >= kept_.samples_from) return false;
  const bool by_hour = row.at < kept_.five_minutes_from;
  const std::int64_t step = by_hour ? hour_s : five_minutes_s;
  return (by_hour ? find_hour_ : find_five_minutes_)
      .restart()
      .bind(row.at - row.at % step)
      .bind(row.user)
      .step();
}

void Recorder::add(Batch& batch, const Row& row) {
  if (is_expired(row.at)) return;
  batch.rows.push_back(row);
  if (batch.rows.size() >= batch_rows) insert(batch);
}

void Recorder::take(const domain::Connection& connection) {
  add(connections_, {base::to_seconds(connection.at), names_.number(NameKind::user, connection.user),
                     connection.is_connect ? 1 : 0});
}

void Recorder::take(const domain::Launch& launch) {
  add(launches_, {base::to_seconds(launch.at), names_.number(NameKind::user, launch.user),
                  names_.number(NameKind::application, launch.application), launch.dwell_s});
}

void Recorder::take(const domain::FileUse& use) {
  add(file_uses_, {base::to_seconds(use.at), names_.number(NameKind::user, use.user),
                   names_.number(NameKind::file_type, use.type), use.count});
}

void Recorder::take(const domain::Visit& visit) {
  add(visits_, {base::to_seconds(visit.at), names_.number(NameKind::user, visit.user),
                names_.number(NameKind::place, visit.place)});
}

void Recorder::take(const domain::Sample& sample) {
  if (is_expired(base::to_seconds(sample.at))) return;
  samples_.push_back(
      {base::to_seconds(sample.at), names_.number(NameKind::user, sample.user), sample.values});
  if (samples_.size() >= batch_rows) insert_samples();
}

void Recorder::count_change() { ++(store_.db().changes() > 0 ? counts_.added : counts_.known); }

void Recorder::insert(Batch& batch) {
  std::ranges::sort(batch.rows, {},
                    [](const Row& row) { return std::tuple(row.at, row.user, row.of, row.value); });
  for (const Row& row : batch.rows) {
    auto& insert = batch.insert.restart().bind(row.at).bind(row.user).bind(row.of);
    if (batch.columns == 4) insert.bind(row.value);
    insert.run();
    count_change();
    if (&batch == &connections_ && store_.db().changes() > 0) first_new_ = std::min(first_new_, row.at);
  }
  batch.rows.clear();
}

void Recorder::insert_samples() {
  std::ranges::stable_sort(samples_, {}, [](const SampleRow& row) { return std::tuple(row.at, row.user); });
  for (const SampleRow& row : samples_) {
    if (is_rolled_up(row)) {
      ++counts_.known;
      continue;
    }
    insert_sample_.restart().bind(row.at).bind(row.user);
    for (const double value : row.values) insert_sample_.bind_real(value);
    insert_sample_.run();
    count_change();
    const std::int64_t hour = row.at - row.at % hour_s;
    if (store_.db().changes() > 0 && (unrolled_hours_.empty() || unrolled_hours_.back() != hour))
      unrolled_hours_.push_back(hour);
  }
  samples_.clear();
  mark_unrolled();
}

void Recorder::mark_unrolled() {
  auto mark = store_.db().prepare("INSERT OR IGNORE INTO unrolled_hours VALUES (?)");
  for (const std::int64_t hour : unrolled_hours_) mark.restart().bind(hour).run();
  unrolled_hours_.clear();
}

Recorder::Counts Recorder::commit() {
  for (Batch* batch : {&connections_, &launches_, &file_uses_, &visits_}) insert(*batch);
  insert_samples();
  note_late_connections();
  transaction_.commit();
  return counts_;
}

void Recorder::note_late_connections() {
  if (first_new_ >= newest_before_ - day_s) return;
  store_.db().prepare("INSERT INTO late_imports (first) VALUES (?)").bind(first_new_).run();
}

}  // namespace deskloom::history
