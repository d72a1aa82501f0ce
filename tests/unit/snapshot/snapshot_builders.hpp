#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "snapshot/store.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

// A key file that holds text, closed to others.
snapshot::KeySource key_file(const std::filesystem::path& path, const std::string& text);
// 64 digits: no slow derivation.
std::string random_key(char digit = 'a');

// An empty store of its own. What must hold of encrypted ones too is a TEMPLATE_TEST_CASE of TempStore and
// SealedStore (sealed_store.hpp).
struct TempStore {
  TempStore();

  TempDir dir;
  snapshot::KeySource key;  // not given: it is not encrypted
  std::unique_ptr<snapshot::Store> store;

  std::unique_ptr<snapshot::Store> open() const { return snapshot::Store::open(path(), key); }
  snapshot::StoreRoot root() const { return snapshot::open_root(path(), key); }
  std::filesystem::path path() const { return dir / "store"; }
  std::vector<std::filesystem::path> packs() const;

 protected:
  explicit TempStore(const std::string& key_text);
};

// Of the store opened anew.
snapshot::VerifyReport verify(const TempStore& temp, bool full);
// Those that any of the problems costs.
std::set<std::string> snapshots_of(const snapshot::VerifyReport& report);

// Says whatever a test wants it to say, as a hostile guest could.
class FakeTree : public snapshot::TreeSource {
 public:
  FakeTree();
  FakeTree& add(snapshot::Node node, std::string data = {});
  FakeTree& file(const std::string& path, std::string data);
  FakeTree& directory(const std::string& path);

  std::vector<snapshot::Node> list(std::vector<snapshot::Skipped>&) override { return nodes; }
  void read(const std::vector<snapshot::Node>& listed, const std::vector<std::size_t>& wanted,
            const Receiver& receiver) override;
  std::int64_t clock_ns() const override { return clock; }

  std::vector<snapshot::Node> nodes;
  std::map<std::string, std::string> contents;
  std::int64_t clock = 2'000'000'000'000;
  std::vector<std::string> read_paths;  // what was asked for
  std::function<void(const std::vector<std::size_t>&, const Receiver&)> read_instead;
};

class StringSource : public base::ByteSource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  std::string text_;
  std::size_t used_ = 0;
};

struct Captured {
  snapshot::Snapshot snapshot;
  snapshot::WriteStats stats;
  std::vector<snapshot::Skipped> skipped;
  const snapshot::Layer& tree() const { return *snapshot.layer("tree"); }
};

Captured capture(snapshot::Store& store, snapshot::TreeSource& source,
                 const snapshot::Layer* previous = nullptr);
Captured capture_directory(snapshot::Store& store, const std::filesystem::path& root,
                           const snapshot::Layer* previous = nullptr);
void restore_to(const snapshot::Store& store, const snapshot::Layer& layer, const std::filesystem::path& root,
                const std::vector<std::string>& paths = {});

// Where the manifest of a snapshot of that store lies.
std::filesystem::path manifest_of(const std::filesystem::path& store, const std::string& id);
std::string noise(std::size_t size, std::uint64_t seed = 1);  // does not compress
std::string read_all(base::ByteSource& source);
void write_file(const std::filesystem::path& path, const std::string& data);
std::string read_text(const std::filesystem::path& path);
void flip_byte(const std::filesystem::path& path, std::uint64_t offset);
// The kind of the Error that work throws; it must throw one.
base::ErrorKind error_kind(const std::function<void()>& work);
std::string error_text(const std::function<void()>& work);

}  // namespace deskloom::test
