#include "scenarios.hpp"

#include <set>

#include "../snapshot/sealed_store.hpp"
#include "support/catch.hpp"

namespace deskloom::test {
namespace {

namespace fs = std::filesystem;
using snapshot::Store;

// For the encrypted stores among them; others need none. Another process would be in the way of the faults.
snapshot::KeySource key() {
  static const TempDir dir;
  static const snapshot::KeySource source = key_file(dir / "key", random_key());
  return source;
}

std::unique_ptr<Store> open(const fs::path& path) { return Store::open(path, key()); }

constexpr int large_tree =
    100;  // shares its small files with the others, and has one that nobody needs later

std::string capture_tree(const fs::path& path, int number, const Events& events,
                         const std::string& previous = {}) {
  const auto store = open(path);
  FakeTree tree = tree_of(number);
  std::optional<snapshot::Snapshot> before;
  if (!previous.empty()) before = store->get(previous);
  const std::string id = capture(*store, tree, before ? before->layer("tree") : nullptr).snapshot.id;
  events.on_captured(id, number);
  return id;
}

// So many that each further one merges some of the tables.
void capture_many(const fs::path& path, const Events& events) {
  std::string last;
  for (int number = 1; number <= 8; ++number) last = capture_tree(path, number, events, last);
}

void remove(Store& store, const std::string& id, const Events& events) {
  events.on_removing(id);
  store.remove(id);
}

void prepare_empty(const fs::path& path, const Events&) { Store::init(path); }

void capture_and_change(const fs::path& path, const Events& events) {
  const std::string first = capture_tree(path, 1, events);
  const std::string second = capture_tree(path, 2, events, first);
  capture_tree(path, 3, events, second);
}

void collect(Store& store) {
  base::NoProgress progress;
  store.collect(std::chrono::milliseconds(0), false, progress);
}

void remove_and_collect(const fs::path& path, const Events& events) {
  const auto store = open(path);
  remove(*store, store->list().front(), events);
  collect(*store);
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

void check_restores(const fs::path& path, const std::map<std::string, int>& expected) {
  const auto store = open(path);
  for (const auto& [id, number] : expected) {
    const snapshot::Layer layer = *store->get(id).layer("tree");
    const FakeTree& tree = tree_of(number);
    REQUIRE(store->list_tree(layer).size() == tree.nodes.size());
    for (const auto& [name, data] : tree.contents) {
      if (!data.empty()) REQUIRE(read_all(*store->open_file(layer, name)) == data);
    }
  }
}

void check_verifies(const fs::path& path) {
  base::NoProgress progress;
  for (const auto& problem : open(path)->verify(true, progress).problems) {
    FAIL(problem.object << ": " << problem.problem);
  }
}

void check_no_garbage(const fs::path& path) {
  for (const char* empty : {"incoming", "condemned", "writers"}) {
    INFO(empty << " holds " << (fs::is_empty(path / empty) ? "" : *names_in(path / empty).begin()));
    REQUIRE(fs::is_empty(path / empty));
  }
  for (const std::string& name : names_in(path / "index")) {
    INFO("index holds " << name);
    REQUIRE((name == "lock" || name.ends_with(".idx")));
  }
  const auto ids = open(path)->list();
  REQUIRE(names_in(path / "snapshots") == std::set<std::string>(ids.begin(), ids.end()));
}

}  // namespace

namespace {

FakeTree make_tree(int number) {
  std::string large = noise(60'000, 1);
  for (int i = 0; i < number % 10; ++i) large[5'000 * static_cast<std::size_t>(i)] = 'x';
  FakeTree tree;
  tree.file("large", large).file("notes", "note " + std::to_string(number)).file("same", noise(20'000, 2));
  if (number == large_tree) {
    tree = FakeTree();
    tree.file("once", noise(200'000, 3)).file("same", noise(20'000, 2));
  }
  for (auto& node : tree.nodes) {
    if (node.path != "same" && !node.path.empty()) node.mtime_ns += number * 1'000'000;
  }
  return tree;
}

}  // namespace

const FakeTree& tree_of(int number) {
  static std::map<int, FakeTree> made;
  const auto found = made.find(number);
  return found != made.end() ? found->second : made.emplace(number, make_tree(number)).first->second;
}

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all{
      {"a first capture and two that follow it", prepare_empty, capture_and_change},
      {"captures into an encrypted store",
       [](const fs::path& path, const Events&) { Store::init(path, key()); },
       [](const fs::path& path, const Events& events) {
         capture_tree(path, 2, events, capture_tree(path, 1, events));
       }},
      {"a capture that merges index tables",
       [](const fs::path& path, const Events& events) {
         Store::init(path);
         capture_many(path, events);
       },
       [](const fs::path& path, const Events& events) { capture_tree(path, 9, events); }},
      {"a collection that rewrites a pack",
       [](const fs::path& path, const Events& events) {
         Store::init(path);
         capture_tree(path, large_tree, events);
         capture_tree(path, 1, events);
       },
       remove_and_collect},
      {"a collection that makes few packs of many",
       [](const fs::path& path, const Events& events) {
         Store::init(path);
         std::string last;
         for (int number = 1; number <= 18; ++number) last = capture_tree(path, number, events, last);
       },
       remove_and_collect},
  };
  return all;
}

Events Expected::events() {
  return {[this](const std::string& id, int number) { trees_[id] = number; },
          [this](const std::string& id) { trees_.erase(id); }};
}

void check_store(const fs::path& path, const std::map<std::string, int>& expected) {
  Store::init(path);
  check_verifies(path);
  check_restores(path, expected);
  Expected also;
  capture_tree(path, 4, also.events(), expected.empty() ? "" : expected.begin()->first);
  collect(*open(path));
  check_no_garbage(path);
  check_verifies(path);
  check_restores(path, expected);
  check_restores(path, also.trees());
}

}  // namespace deskloom::test
