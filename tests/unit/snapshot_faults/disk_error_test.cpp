// The disk is full, or fails, at every call; reads and writes do less than they were asked for.
#include <cerrno>

#include "base/fd.hpp"
#include "scenarios.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace fs = std::filesystem;
using snapshot::Store;
using Count = FaultPlan::Count;

namespace {

// A store on which a scenario is about to begin.
struct Prepared {
  TempDir dir;
  Expected expected;
  explicit Prepared(const Scenario& scenario) {
    fs::create_directory(dir / "store");
    const FaultLayer quick({.below = dir / "store"});
    scenario.prepare(dir / "store", expected.events());
  }
};

bool mentions(const std::string& message, const fs::path& store, const Call& hit) {
  if (fs::path(hit.path).filename().string().starts_with(".deskloom-restore-"))
    return message.find((store / fs::path(hit.path).parent_path()).string()) != message.npos;
  const auto names = [&](const fs::path& path) {
    return message.find(path.empty() ? store.string() : (store / path).string()) != message.npos;
  };
  return names(hit.path) || (!hit.to.empty() && names(hit.to));
}

void check_message(const base::Error& error, const FaultPlan& plan, const Call& hit) {
  INFO("failed: " << hit.path << "; said: " << error.what());
  CHECK((error.kind() == base::ErrorKind::no_space) == (plan.error == ENOSPC));
  CHECK(mentions(error.what(), plan.below, hit));
}

// A full disk must not stay full because of what failed.
void check_freed(const fs::path& store) {
  if (!fs::exists(store / "format")) return;  // it was not made: all there is of it is a few directories
  for (const char* part : {"index", "snapshots"}) {
    for (const auto& file : fs::recursive_directory_iterator(store / part))
      CHECK_FALSE(base::is_unfinished_name(file.path().filename().string()));
  }
  for (const std::string& name : base::list_directory(store / "incoming")) {
    INFO(name << " is left in incoming/");
    CHECK(fs::exists(store / "packs" / (fs::path(name).stem().string() + ".pack")));
  }
}

// False when there was no such call any more.
bool check_fault(const Scenario& scenario, const Prepared& prepared, FaultPlan plan) {
  TempDir dir;
  plan.below = dir / "store";
  fs::copy(prepared.dir / "store", plan.below, fs::copy_options::recursive);
  Expected expected = prepared.expected;
  bool was_hit = false;
  {
    const FaultLayer layer(plan);
    try {
      scenario.act(plan.below, expected.events());
    } catch (const base::Error& error) {
      check_message(error, plan, layer.hit());
    }
    was_hit = layer.calls() >= plan.at;
  }
  const FaultLayer quick({.below = plan.below});
  if (plan.error == ENOSPC) check_freed(plan.below);
  check_store(scenario, plan.below, expected.trees());
  return was_hit;
}

void check_every_call(const FaultPlan& kind) {
  for (const Scenario& scenario : scenarios()) {
    const Prepared prepared(scenario);
    FaultPlan plan = kind;
    bool was_hit = true;
    for (plan.at = 1; was_hit; ++plan.at) {
      INFO(scenario.name << ", call " << plan.at);
      was_hit = check_fault(scenario, prepared, plan);
    }
  }
}

Captured capture_of_nothing_but(Store& store, const std::string& name) {
  FakeTree tree;
  tree.file(name, "as it was before");
  return capture(store, tree);
}

// No file is there in part, under its own or another name.
void check_no_parts(const fs::path& target, const FakeTree& tree) {
  for (const auto& entry : fs::recursive_directory_iterator(target)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = fs::relative(entry.path(), target);
    INFO(name);
    const auto wanted = tree.contents.find(name);
    REQUIRE(wanted != tree.contents.end());
    const std::string found = read_text(entry.path());
    CHECK((found == wanted->second || found == "as it was before"));
  }
}

}  // namespace

TEST_CASE(
    "a disk that is full from any call on is no_space, keeps what was acknowledged, and is not kept full") {
  check_every_call({.fault = FaultPlan::Fault::error, .error = ENOSPC, .lasts = true});
}

TEST_CASE("a write, flush or rename that fails at any call loses nothing that was acknowledged") {
  check_every_call({.fault = FaultPlan::Fault::error, .error = EIO});
}

TEST_CASE("a read that fails at any call is said, and harms nothing") {
  check_every_call({.count = Count::reads, .fault = FaultPlan::Fault::error, .error = EIO});
}

TEST_CASE("short reads and writes change nothing") {
  for (const Scenario& scenario : scenarios()) {
    Prepared prepared(scenario);
    const fs::path store = prepared.dir / "store";
    {
      const FaultLayer layer({.below = store, .short_transfers = true});
      scenario.act(store, prepared.expected.events());
      check_store(scenario, store, prepared.expected.trees());
    }
    const FaultLayer quick({.below = store});
    check_store(scenario, store, prepared.expected.trees());
  }
}

TEST_CASE("a restore that fails at any call says where, and is finished by the next") {
  TempDir dir;
  Store::init(dir / "store");
  const auto store = Store::open(dir / "store");
  FakeTree tree = tree_of(1);
  tree.directory("d").file("d/below", "text");
  const auto captured = capture(*store, tree);
  for (const auto& [number, has_target] :
       {std::pair(ENOSPC, false), std::pair(ENOSPC, true), std::pair(EIO, true)}) {
    bool was_hit = true;
    for (std::uint64_t at = 1; was_hit; ++at) {
      INFO("errno " << number << " at call " << at);
      TempDir target;
      if (has_target) restore_to(*store, capture_of_nothing_but(*store, "large").tree(), target.path());
      {
        const FaultLayer layer({.below = target.path(),
                                .fault = FaultPlan::Fault::error,
                                .at = at,
                                .error = number,
                                .lasts = true});
        try {
          restore_to(*store, captured.tree(), target.path());
        } catch (const base::Error& error) {
          check_message(error, layer.plan(), layer.hit());
        }
        was_hit = layer.calls() >= at;
      }
      if (number == ENOSPC) check_no_parts(target.path(), tree);  // with EIO, nothing can be removed
      restore_to(*store, captured.tree(), target.path());
      for (const auto& [name, data] : tree.contents) {
        if (!data.empty()) CHECK(read_text(target / name) == data);
      }
    }
  }
}
