#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "../snapshot/snapshot_builders.hpp"
#include "support/faults/fault_layer.hpp"

// What is done to a store while something goes wrong, and what must hold afterwards.
namespace deskloom::test {

// Trees by number: each number always gives the same files. Neighbours differ in a few bytes of a larger
// file, so that deltas are made.
const FakeTree& tree_of(int number);

struct Events {
  // The capture of a tree was acknowledged.
  std::function<void(const std::string& id, int number)> on_captured = [](const std::string&, int) {};
  // The snapshot is about to be removed: from here on it need not be there.
  std::function<void(const std::string& id)> on_removing = [](const std::string&) {};
};

struct Scenario {
  std::string name;
  snapshot::KeySource key;  // not given: the store is not encrypted
  // Before anything goes wrong.
  std::function<void(const std::filesystem::path& store, const Events& events)> prepare;
  std::function<void(const std::filesystem::path& store, const Events& events)> act;
};

// A store that is made, first captures, captures with deltas, index tables that are merged, a collection that
// rewrites packs; all in a plain store and in an encrypted one, of which also the key is changed.
const std::vector<Scenario>& scenarios();

// Which snapshots must be there, by what was said.
class Expected {
 public:
  Events events();
  const std::map<std::string, int>& trees() const { return trees_; }

 private:
  std::map<std::string, int> trees_;  // by id
};

// The store opens, verifies, restores what is expected, takes a capture, is collected, leaves no garbage
// behind, and all that once more.
void check_store(const Scenario& scenario, const std::filesystem::path& store,
                 const std::map<std::string, int>& expected);

}  // namespace deskloom::test
