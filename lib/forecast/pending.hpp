#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "forecast/store.hpp"
#include "predict/correction.hpp"
#include "predict/quantiles.hpp"

// What was foretold and waits until it can be scored.
namespace deskloom::forecast {

// What is asked of a user and a slot: that a session begins in it, that they are in session in it.
enum class Question { connects, present };
inline constexpr std::size_t question_count = 2;

struct PendingUser {
  std::uint64_t token = 0;  // stands for the user
  // By question: what the model said, before any correction, and what habits alone said.
  std::array<float, question_count> by_model{}, by_habit{};
};

// Which slot, and from how far: a band of predict::horizon_bands.
struct PendingKey {
  std::int64_t target_s = 0;
  std::int64_t band = 0;

  auto operator<=>(const PendingKey&) const = default;
};

struct Pending {
  PendingKey key;
  std::int64_t made_at = 0;
  std::string model;                                            // "": habits alone
  std::array<predict::Correction, question_count> corrections;  // with which it was given out
  std::vector<PendingUser> users;
};

struct PendingPool {
  std::string pool;
  predict::Quantiles arrivals{}, concurrent{};
};

// Of one hour.
struct PendingPools {
  std::int64_t hour = 0;  // since 1970
  std::int64_t made_at = 0;
  std::string model;
  std::vector<PendingPool> pools;
};

std::set<PendingKey> pending_keys(const Store& store);
std::set<std::int64_t> pending_pool_hours(const Store& store);
void put_pending(Store& store, const Pending& pending);
void put_pending_pools(Store& store, const PendingPools& pending);

// Of what ended by then, the earliest first.
std::vector<PendingKey> pending_ended_by(const Store& store, std::int64_t until_s);
std::vector<PendingPools> pending_pools_ended_by(const Store& store, std::int64_t until_s);
// Throws Error(not_found).
Pending pending(const Store& store, const PendingKey& key);
// What ended by then, and what was made later than now: the clock was set back.
void drop_pending(Store& store, std::int64_t until_s, std::int64_t now_s);

// What lies in the BLOBs: see formats(7). Reading throws Error(corrupt) for bytes that nobody has written.
std::string pack_pending(const Pending& pending);
void unpack_pending(std::span<const std::byte> packed, Pending& pending);
std::string pack_pending_pools(const std::vector<PendingPool>& pools);
std::vector<PendingPool> unpack_pending_pools(std::span<const std::byte> packed);

}  // namespace deskloom::forecast
