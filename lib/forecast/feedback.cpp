#include "forecast/feedback.hpp"

#include <limits>

#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

constexpr std::uint64_t most_count = std::uint64_t{1} << 48;
constexpr double most_logit = 20;

double sum_within(Unpacker& unpacker, double least, double most) {
  const auto sum = unpacker.get<double>();
  if (!(sum >= least && sum <= most)) throw Unpacker::broken();
  return sum;
}

std::optional<Feedback> stored(const Store& store, const Feedback& key) {
  auto row = store.db().prepare(
      "SELECT log_loss, brier, habit_log_loss, bins FROM feedback WHERE model = ? AND day = ? AND question = "
      "? AND band = ?");
  row.bind(key.model).bind(key.day).bind(static_cast<std::int64_t>(key.question)).bind(key.band);
  if (!row.step()) return {};
  Feedback of = key;
  of.log_loss = row.real(0);
  of.brier = row.real(1);
  of.habit_log_loss = row.real(2);
  of.bins = unpack_bins(row.blob(3));
  return of;
}

}  // namespace

std::string pack_bins(const predict::LogitBins& bins) {
  Packer packer;
  for (const predict::LogitBin& bin : bins) {
    packer.put(bin.count), packer.put(bin.came_true);
    packer.put(bin.logits), packer.put(bin.foretold);
  }
  return packer.take();
}

predict::LogitBins unpack_bins(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  predict::LogitBins bins{};
  for (predict::LogitBin& bin : bins) {
    bin.count = unpacker.get<std::uint64_t>();
    bin.came_true = unpacker.get<std::uint64_t>();
    if (bin.count > most_count || bin.came_true > bin.count) throw Unpacker::broken();
    const auto count = static_cast<double>(bin.count);
    bin.logits = sum_within(unpacker, -count * most_logit, count * most_logit);
    bin.foretold = sum_within(unpacker, 0, count);
  }
  unpacker.expect_end();
  return bins;
}

void add_feedback(Store& store, const Feedback& feedback) {
  Feedback sum = feedback;
  if (const auto before = stored(store, feedback)) {
    sum.log_loss += before->log_loss;
    sum.brier += before->brier;
    sum.habit_log_loss += before->habit_log_loss;
    predict::add_to_bins(sum.bins, before->bins);
  }
  const std::string bins = pack_bins(sum.bins);
  store.db()
      .prepare("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(sum.model)
      .bind(sum.day)
      .bind(static_cast<std::int64_t>(sum.question))
      .bind(sum.band)
      .bind_real(sum.log_loss)
      .bind_real(sum.brier)
      .bind_real(sum.habit_log_loss)
      .bind(bytes_of(bins))
      .run();
}

void add_pool_feedback(Store& store, const PoolFeedback& feedback) {
  store.db()
      .prepare(
          "INSERT INTO pool_feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
          "hours = hours + excluded.hours, arrivals_within = arrivals_within + excluded.arrivals_within, "
          "concurrent_within = concurrent_within + excluded.concurrent_within, "
          "arrivals = arrivals + excluded.arrivals, concurrent = concurrent + excluded.concurrent, "
          "arrivals_loss = arrivals_loss + excluded.arrivals_loss, "
          "concurrent_loss = concurrent_loss + excluded.concurrent_loss")
      .bind(feedback.model)
      .bind(feedback.day)
      .bind(feedback.pool)
      .bind(feedback.hours)
      .bind(feedback.arrivals_within)
      .bind(feedback.concurrent_within)
      .bind_real(feedback.arrivals)
      .bind_real(feedback.concurrent)
      .bind_real(feedback.arrivals_loss)
      .bind_real(feedback.concurrent_loss)
      .run();
}

std::vector<Feedback> feedback(const Store& store, const std::string& model, std::int64_t from,
                               std::int64_t until) {
  auto row = store.db().prepare(
      "SELECT day, question, band, log_loss, brier, habit_log_loss, bins FROM feedback WHERE model = ? AND "
      "day >= ? AND day < ? ORDER BY day, question, band");
  row.bind(model).bind(from).bind(until);
  std::vector<Feedback> rows;
  while (row.step()) {
    const std::int64_t question = row.integer(1), band = row.integer(2);
    if (question < 0 || question >= static_cast<std::int64_t>(question_count) || band < 0 ||
        band >= static_cast<std::int64_t>(predict::horizon_bands.size()))
      throw Unpacker::broken();
    rows.push_back({model, row.integer(0), static_cast<Question>(question), band, row.real(3), row.real(4),
                    row.real(5), unpack_bins(row.blob(6))});
  }
  return rows;
}

std::vector<PoolFeedback> pool_feedback(const Store& store, const std::string& model, std::int64_t from,
                                        std::int64_t until) {
  auto row = store.db().prepare(
      "SELECT day, pool, hours, arrivals_within, concurrent_within, arrivals, concurrent, arrivals_loss, "
      "concurrent_loss FROM pool_feedback WHERE model = ? AND day >= ? AND day < ? ORDER BY day, pool");
  row.bind(model).bind(from).bind(until);
  std::vector<PoolFeedback> rows;
  while (row.step()) {
    rows.push_back({model, row.integer(0), row.text(1), row.integer(2), row.integer(3), row.integer(4),
                    row.real(5), row.real(6), row.real(7), row.real(8)});
  }
  return rows;
}

void drop_feedback(Store& store, std::int64_t before, std::optional<std::int64_t> from) {
  for (const std::string table : {"feedback", "pool_feedback"}) {
    store.db()
        .prepare("DELETE FROM " + table + " WHERE day < ? OR day >= ?")
        .bind(before)
        .bind(from.value_or(std::numeric_limits<std::int64_t>::max()))
        .run();
  }
}

std::optional<FeedbackOf> feedback_of(const Store& store) {
  auto row = store.db().prepare("SELECT until, late FROM feedback_of");
  if (!row.step()) return {};
  return FeedbackOf{row.integer(0), row.integer(1)};
}

void put_feedback_of(Store& store, const FeedbackOf& of) {
  store.db()
      .prepare("INSERT OR REPLACE INTO feedback_of VALUES (1, ?, ?)")
      .bind(of.until_s)
      .bind(of.late)
      .run();
}

void put_promise(Store& store, const std::string& model, const predict::Promise& promise) {
  auto insert = store.db().prepare("INSERT OR REPLACE INTO promises VALUES (?, ?, ?, ?)");
  for (std::size_t band = 0; band < promise.size(); ++band) {
    if (!std::isfinite(promise[band].by_model) || !std::isfinite(promise[band].by_habit)) continue;
    insert.restart()
        .bind(model)
        .bind(static_cast<std::int64_t>(band))
        .bind_real(promise[band].by_model)
        .bind_real(promise[band].by_habit)
        .run();
  }
}

predict::Promise promise_of(const Store& store, const std::string& model) {
  predict::Promise promise;
  promise.fill({std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()});
  auto row = store.db().prepare("SELECT band, log_loss, habit_log_loss FROM promises WHERE model = ?");
  row.bind(model);
  while (row.step()) {
    const std::int64_t band = row.integer(0);
    if (band < 0 || band >= static_cast<std::int64_t>(promise.size())) throw Unpacker::broken();
    promise[static_cast<std::size_t>(band)] = {row.real(1), row.real(2)};
  }
  return promise;
}

}  // namespace deskloom::forecast
