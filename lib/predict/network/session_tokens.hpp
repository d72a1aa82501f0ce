#pragma once

#include <array>
#include <span>
#include <vector>

#include "domain/usage.hpp"
#include "predict/time_grid.hpp"

// A user's past as a network reads it: one token for each session that has ended.
namespace deskloom::predict {

inline constexpr std::size_t token_width = 8;
// The logarithm of the hours since the session before, and of its own; the time of the day and of the week
// when it began, as points on circles; whether it is the first.
using Token = std::array<float, token_width>;

// Sequences are read in blocks: the state after a session is made of the sessions of its block and of the
// whole block before, whether it is trained or forecast.
inline constexpr std::size_t block_tokens = 64;

// Where to begin reading for the state after `sessions` sessions, which are at least one.
inline std::size_t context_begin(std::size_t sessions) {
  const std::size_t block = (sessions - 1) / block_tokens;
  return block == 0 ? 0 : (block - 1) * block_tokens;
}

// One for each session, ascending; they may lie outside the grid.
std::vector<Token> tokens_of(const TimeGrid& grid, std::span<const domain::Session> sessions);

}  // namespace deskloom::predict
