#pragma once

#include "snapshot_builders.hpp"

namespace deskloom::test {

// An encrypted store of its own.
struct SealedStore : TempStore {
  SealedStore() : TempStore(random_key()) {}

  std::vector<std::filesystem::path> files() const;  // all that it consists of
  bool is_sound() const;                             // every chunk of it reads, opened anew
};

// A tree with a large file of noise whose start differs by step, small files, and a directory.
FakeTree secret_tree(int step = 0);

}  // namespace deskloom::test
