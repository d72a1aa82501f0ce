#include "forecast/pending.hpp"

#include <cmath>

#include "base/error.hpp"
#include "forecast/packing.hpp"
#include "predict/time_grid.hpp"

namespace deskloom::forecast {
namespace {

constexpr std::uint8_t layout = 1;
constexpr std::size_t longest_name = 255;
constexpr std::int64_t hour_s = 3600;
constexpr float most_slope = 10, most_offset = 100;
constexpr float most_amount = 1e12F;  // of a pool's users

void put_quantiles(Packer& packer, const predict::Quantiles& quantiles) {
  for (const float quantile : quantiles) packer.put(quantile);
}

predict::Quantiles get_quantiles(Unpacker& unpacker) {
  predict::Quantiles quantiles{};
  for (float& quantile : quantiles) quantile = unpacker.amount(most_amount);
  if (!std::ranges::is_sorted(quantiles)) throw Unpacker::broken();
  return quantiles;
}

}  // namespace

std::string pack_pending(const Pending& pending) {
  Packer packer;
  packer.put(layout);
  for (const predict::Correction& correction : pending.corrections)
    packer.put(correction.slope), packer.put(correction.offset);
  for (const PendingUser& user : pending.users) {
    packer.put(user.token);
    for (const auto* said : {&user.by_model, &user.by_habit})
      for (const float probability : *said) packer.put(odds_of(probability));
  }
  return packer.take();
}

void unpack_pending(std::span<const std::byte> packed, Pending& pending) {
  Unpacker unpacker(packed);
  if (unpacker.get<std::uint8_t>() != layout) throw Unpacker::broken();
  for (predict::Correction& correction : pending.corrections) {
    correction.slope = unpacker.amount(most_slope);
    correction.offset = unpacker.get<float>();
    if (!(std::abs(correction.offset) <= most_offset)) throw Unpacker::broken();
  }
  while (!unpacker.is_empty()) {
    PendingUser& user = pending.users.emplace_back();
    user.token = unpacker.get<std::uint64_t>();
    for (auto* said : {&user.by_model, &user.by_habit})
      for (float& probability : *said) probability = probability_of(unpacker.get<std::int16_t>());
  }
}

std::string pack_pending_pools(const std::vector<PendingPool>& pools) {
  Packer packer;
  for (const PendingPool& pool : pools) {
    const std::string name = pool.pool.substr(0, longest_name);
    packer.put(static_cast<std::uint8_t>(name.size()));
    for (const char letter : name) packer.put(letter);
    put_quantiles(packer, pool.arrivals);
    put_quantiles(packer, pool.concurrent);
  }
  return packer.take();
}

std::vector<PendingPool> unpack_pending_pools(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  std::vector<PendingPool> pools;
  while (!unpacker.is_empty()) {
    PendingPool& pool = pools.emplace_back();
    pool.pool.resize(unpacker.get<std::uint8_t>());
    for (char& letter : pool.pool) letter = unpacker.get<char>();
    pool.arrivals = get_quantiles(unpacker);
    pool.concurrent = get_quantiles(unpacker);
  }
  return pools;
}

std::set<PendingKey> pending_keys(const Store& store) {
  auto row = store.db().prepare("SELECT target, band FROM pending");
  std::set<PendingKey> keys;
  while (row.step()) keys.insert({row.integer(0), row.integer(1)});
  return keys;
}

std::set<std::int64_t> pending_pool_hours(const Store& store) {
  auto row = store.db().prepare("SELECT hour FROM pending_pools");
  std::set<std::int64_t> hours;
  while (row.step()) hours.insert(row.integer(0));
  return hours;
}

void put_pending(Store& store, const Pending& pending) {
  const std::string content = pack_pending(pending);
  store.db()
      .prepare("INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?)")
      .bind(pending.key.target_s)
      .bind(pending.key.band)
      .bind(pending.made_at)
      .bind(pending.model)
      .bind(bytes_of(content))
      .run();
}

void put_pending_pools(Store& store, const PendingPools& pending) {
  const std::string content = pack_pending_pools(pending.pools);
  store.db()
      .prepare("INSERT OR REPLACE INTO pending_pools VALUES (?, ?, ?, ?)")
      .bind(pending.hour)
      .bind(pending.made_at)
      .bind(pending.model)
      .bind(bytes_of(content))
      .run();
}

std::vector<PendingKey> pending_ended_by(const Store& store, std::int64_t until_s) {
  auto row = store.db().prepare("SELECT target, band FROM pending WHERE target <= ? ORDER BY target, band");
  row.bind(until_s - predict::slot_s);
  std::vector<PendingKey> keys;
  while (row.step()) keys.push_back({row.integer(0), row.integer(1)});
  return keys;
}

Pending pending(const Store& store, const PendingKey& key) {
  auto row = store.db().prepare("SELECT made_at, model, content FROM pending WHERE target = ? AND band = ?");
  row.bind(key.target_s).bind(key.band);
  if (!row.step()) throw base::Error(base::ErrorKind::not_found, "no such forecast waits to be scored", "");
  Pending pending{key, row.integer(0), row.text(1), {}, {}};
  unpack_pending(row.blob(2), pending);
  return pending;
}

std::vector<PendingPools> pending_pools_ended_by(const Store& store, std::int64_t until_s) {
  auto row = store.db().prepare(
      "SELECT hour, made_at, model, content FROM pending_pools WHERE hour < ? ORDER BY hour");
  row.bind(until_s / hour_s);
  std::vector<PendingPools> hours;
  while (row.step())
    hours.push_back({row.integer(0), row.integer(1), row.text(2), unpack_pending_pools(row.blob(3))});
  return hours;
}

void drop_pending(Store& store, std::int64_t until_s, std::int64_t now_s) {
  store.db()
      .prepare("DELETE FROM pending WHERE target <= ? OR made_at > ?")
      .bind(until_s - predict::slot_s)
      .bind(now_s)
      .run();
  store.db()
      .prepare("DELETE FROM pending_pools WHERE hour < ? OR made_at > ?")
      .bind(until_s / hour_s)
      .bind(now_s)
      .run();
}

}  // namespace deskloom::forecast
