#include "snapshot_builders.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "base/error.hpp"

namespace deskloom::test {

namespace fs = std::filesystem;
using snapshot::Node;
using snapshot::NodeType;

snapshot::KeySource key_file(const fs::path& path, const std::string& text) {
  write_file(path, text);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  return {path, {}};
}

std::string random_key(char digit) { return std::string(64, digit); }

TempStore::TempStore() {
  snapshot::Store::init(path());
  store = open();
}

TempStore::TempStore(const std::string& key_text) : key(key_file(dir / "key file", key_text)) {
  snapshot::Store::init(path(), key);
  store = open();
}

std::vector<fs::path> TempStore::packs() const {
  std::vector<fs::path> found;
  for (const auto& file : fs::directory_iterator(path() / "packs")) found.push_back(file.path());
  std::ranges::sort(found);
  return found;
}

snapshot::VerifyReport verify(const TempStore& temp, bool full) {
  base::NoProgress progress;
  return temp.open()->verify(full, progress);
}

std::set<std::string> snapshots_of(const snapshot::VerifyReport& report) {
  std::set<std::string> all;
  for (const snapshot::VerifyProblem& problem : report.problems)
    all.insert(problem.snapshots.begin(), problem.snapshots.end());
  return all;
}

FakeTree::FakeTree() { directory(""); }

FakeTree& FakeTree::add(Node node, std::string data) {
  contents[node.path] = std::move(data);
  nodes.push_back(std::move(node));
  return *this;
}

FakeTree& FakeTree::file(const std::string& path, std::string data) {
  Node node{path, NodeType::file, 0644};
  node.size = data.size();
  node.mtime_ns = node.ctime_ns = 1'000'000'000'000;
  node.inode = 100 + nodes.size();
  return add(node, std::move(data));
}

FakeTree& FakeTree::directory(const std::string& path) { return add({path, NodeType::directory, 0755}); }

void FakeTree::read(const std::vector<Node>&, const std::vector<std::size_t>& wanted,
                    const Receiver& receiver) {
  for (const std::size_t index : wanted) read_paths.push_back(nodes.at(index).path);
  if (read_instead) return read_instead(wanted, receiver);
  for (const std::size_t index : wanted) {
    receiver.on_begin(index);
    const std::string& data = contents[nodes[index].path];
    receiver.on_data(std::as_bytes(std::span(data.data(), data.size())));
    receiver.on_end(index, nodes[index]);
  }
}

std::size_t StringSource::read(std::span<std::byte> buffer) {
  const std::size_t n = std::min(buffer.size(), text_.size() - used_);
  std::ranges::copy(std::as_bytes(std::span(text_.data() + used_, n)), buffer.begin());
  used_ += n;
  return n;
}

Captured capture(snapshot::Store& store, snapshot::TreeSource& source, const snapshot::Layer* previous) {
  static std::int64_t now = 0;  // each snapshot is newer than the last
  base::NoProgress progress;
  Captured captured;
  const auto writer = store.begin(progress);
  writer->put_tree("tree", source, previous, captured.skipped);
  captured.snapshot = writer->commit({{"user", "anna"}}, base::from_ns(++now));
  captured.stats = writer->stats();
  return captured;
}

Captured capture_directory(snapshot::Store& store, const fs::path& root, const snapshot::Layer* previous) {
  const auto source = snapshot::local_source(root, {});
  return capture(store, *source, previous);
}

void restore_to(const snapshot::Store& store, const snapshot::Layer& layer, const fs::path& root,
                const std::vector<std::string>& paths) {
  base::NoProgress progress;
  const auto sink = snapshot::local_sink(root);
  store.restore(layer, *sink, paths, progress);
}

std::filesystem::path manifest_of(const std::filesystem::path& store, const std::string& id) {
  return store / "snapshots" / id.substr(0, 2) / id;
}

std::string noise(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t word = random();
    std::copy_n(reinterpret_cast<const char*>(&word), std::min<std::size_t>(8, size - i),
                text.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return text;
}

std::string read_all(base::ByteSource& source) {
  std::string text;
  std::vector<std::byte> buffer(10'000);
  while (const std::size_t n = source.read(buffer))
    text.append(reinterpret_cast<const char*>(buffer.data()), n);
  return text;
}

void write_file(const fs::path& path, const std::string& data) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << data;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void flip_byte(const fs::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get() ^ 0x40);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
  if (!file.flush()) throw std::runtime_error("cannot change " + path.string());
}

base::ErrorKind error_kind(const std::function<void()>& work) {
  try {
    work();
  } catch (const base::Error& error) {
    return error.kind();
  }
  throw std::runtime_error("no error was thrown");
}

std::string error_text(const std::function<void()>& work) {
  try {
    work();
  } catch (const base::Error& error) {
    return error.what();
  }
  throw std::runtime_error("no error was thrown");
}

}  // namespace deskloom::test
