#include "scenarios.hpp"

#include <set>

#include "../snapshot/sealed_store.hpp"
#include "support/catch.hpp"

namespace deskloom::test {
namespace {

namespace fs = std::filesystem;
using snapshot::Store;

// For the encrypted stores among them; others need none. Files: another process would be in the way of the
// faults.
const snapshot::KeySource& a_key(char digit) {
  static const TempDir dir;
  static std::map<char, snapshot::KeySource> made;
  const auto found = made.find(digit);
  if (found != made.end()) return found->second;
  return made[digit] = key_file(dir / std::string(1, digit), random_key(digit));
}

const snapshot::KeySource& key() { return a_key('a'); }
const snapshot::KeySource& next_key() { return a_key('b'); }

// With the one or the other: the change from one to the other may have been interrupted.
std::unique_ptr<Store> open(const fs::path& path) try {
  return Store::open(path, key());
} catch (const base::Error& error) {
  if (error.kind() != base::ErrorKind::no_key) throw;
  return Store::open(path, next_key());
}

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
  std::set<std::string> manifests;
  for (const std::string& folder : names_in(path / "snapshots"))
    manifests.merge(names_in(path / "snapshots" / folder));
  REQUIRE(manifests == std::set<std::string>(ids.begin(), ids.end()));
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

namespace {

using Step = std::function<void(const fs::path&, const Events&)>;

// Captures in a new store before anything goes wrong.
Step in_new_store(const snapshot::KeySource& key, const Step& captures) {
  return [=](const fs::path& path, const Events& events) {
    Store::init(path, key);
    captures(path, events);
  };
}

// What may go wrong in any store.
void add_scenarios(const std::string& store, const snapshot::KeySource& key, std::vector<Scenario>& all) {
  const Step nothing = [](const fs::path&, const Events&) {};
  const auto add = [&](const std::string& name, const Step& prepare, const Step& act) {
    all.push_back({store + ": " + name, key, prepare, act});
  };
  add("it is made", nothing, [=](const fs::path& path, const Events&) { Store::init(path, key); });
  add("a first capture and two that follow it", in_new_store(key, nothing), capture_and_change);
  add("a capture that merges index tables", in_new_store(key, capture_many),
      [](const fs::path& path, const Events& events) { capture_tree(path, 9, events); });
  const Step capture_large_and_small = [](const fs::path& path, const Events& events) {
    capture_tree(path, large_tree, events);
    capture_tree(path, 1, events);
  };
  add("a collection that rewrites a pack", in_new_store(key, capture_large_and_small), remove_and_collect);
  const Step capture_very_many = [](const fs::path& path, const Events& events) {
    std::string last;
    for (int number = 1; number <= 18; ++number) last = capture_tree(path, number, events, last);
  };
  add("a collection that makes few packs of many", in_new_store(key, capture_very_many), remove_and_collect);
}

std::vector<Scenario> make_scenarios() {
  std::vector<Scenario> all;
  add_scenarios("a plain store", {}, all);
  add_scenarios("an encrypted store", key(), all);
  const Step capture_one = [](const fs::path& path, const Events& events) { capture_tree(path, 1, events); };
  all.push_back({"an encrypted store: its key is changed", key(), in_new_store(key(), capture_one),
                 [](const fs::path& path, const Events&) { snapshot::change_key(path, key(), next_key()); }});
  return all;
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = make_scenarios();
  return all;
}

Events Expected::events() {
  return {[this](const std::string& id, int number) { trees_[id] = number; },
          [this](const std::string& id) { trees_.erase(id); }};
}

void check_store(const Scenario& scenario, const fs::path& path, const std::map<std::string, int>& expected) {
  Store::init(path, scenario.key);
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
