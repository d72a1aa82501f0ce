#pragma once

#include "snapshot/store_key.hpp"
#include "snapshot/store_root.hpp"
#include "snapshot_builders.hpp"

namespace deskloom::test {

// A key file that holds text, closed to others.
snapshot::KeySource key_file(const std::filesystem::path& path, const std::string& text);
// 64 digits: no slow derivation.
std::string random_key(char digit = 'a');

// An encrypted store of its own.
struct SealedStore {
  TempDir dir;
  snapshot::KeySource key = key_file(dir / "key file", random_key());
  std::unique_ptr<snapshot::Store> store = (snapshot::Store::init(path(), key), open());

  std::unique_ptr<snapshot::Store> open() const { return snapshot::Store::open(path(), key); }
  std::filesystem::path path() const { return dir / "store"; }
  std::vector<std::filesystem::path> files() const;  // all that it consists of
  bool is_sound() const;                             // every chunk of it reads, opened anew
};

// A tree with a large file of noise whose start differs by step, small files, and a directory.
FakeTree secret_tree(int step = 0);

}  // namespace deskloom::test
