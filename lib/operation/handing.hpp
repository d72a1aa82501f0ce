#pragma once

#include <functional>
#include <optional>
#include <string>

#include "operation/world.hpp"
#include "persona/apply.hpp"

namespace deskloom::operation {

// How a user who holds no instance comes to one: a ghost, or one that is made for them, is reserved in one
// transaction with the journal's entry, and given their persona.
struct Handed {
  domain::Instance instance;
  bool was_made = false;  // no ghost was left
  persona::ApplyResult applied;
};

// What is applied. volume: the snapshot whose volume is attached; nullopt: none is.
struct Given {
  std::optional<std::string> snapshot;
  std::optional<std::string> volume;
};

using Prepare = std::function<void(const domain::Instance&)>;

// prepare: called with the reserved instance before its persona comes; may be empty. A ghost that is
// dead or silent is passed over once. Throws Error(failed) when no ghost is left and none may be made,
// Error(locked) when the user holds an instance.
Handed hand_out(const World& world, const policy::Pool& pool, const std::string& user, const Given& given,
                const Prepare& prepare = {});
// The warm instance that is named. Throws Error(locked) when it is not warm. before: what must become true in
// the same transaction, so that the user is free for it; may be empty.
Handed hand_over(const World& world, const std::string& instance, const std::string& user, const Given& given,
                 const std::function<void()>& before = {});

// The snapshot that is named, or the user's newest; nullopt: there is none. Damage is found here, before a
// ghost is spent on it.
std::optional<std::string> checked_snapshot(const World& world, const std::string& user,
                                            const std::optional<std::string>& named);

// The snapshot, with its volume where the pool attaches volumes.
Given given_in(const World& world, const policy::Pool& pool, const std::string& user,
               const std::optional<std::string>& snapshot);

// Its host has it no more: it is failed, and its user free for another.
void mark_lost(const World& world, const domain::Instance& instance);

}  // namespace deskloom::operation
