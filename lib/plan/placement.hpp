#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace deskloom::plan {

struct HostCandidate {
  std::string name;
  // What a new instance may take; unset when it was not found out, which counts as enough.
  std::optional<std::uint64_t> free_memory_bytes{};
  int instances = 0;              // live ones of any pool
  std::optional<double> price{};  // of an hour, in the mean of its life; unset: nobody asks for money
  double eviction = 0;            // the probability that the host is taken away within it
  // GPUs that none of its instances has, or is to have in use; unset where its own scheduler counts them.
  std::optional<std::uint32_t> free_gpus = 0;
};

// What a new instance asks of its host, beside the price.
struct PlacementWish {
  std::uint64_t memory_bytes = 0;
  double eviction_cost = 0;  // what it costs when the instance is taken away: its user waits for another
  double most_eviction = 1;  // the service level bears no higher risk
  std::uint32_t gpus = 0;    // that it is to have in use
};

// What became of one host, and why.
struct HostVerdict {
  std::string host;
  double cost = 0;  // price and risk, for an hour
  std::string why;
};

struct HostChoice {
  std::optional<std::string> host;    // unset: none fits
  std::string reason;                 // why this one, or why none
  std::vector<HostVerdict> verdicts;  // of every candidate, the better ones first
};

// Of the hosts that have the memory and the GPUs: those first whose risk the service level bears, then the
// cheapest, its risk priced in, then the one with the fewest instances, and among equals the first by name,
// so that the choice does not depend on the candidates' order.
HostChoice choose_host(std::span<const HostCandidate> candidates, const PlacementWish& wish);

}  // namespace deskloom::plan
