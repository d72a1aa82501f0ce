#include "base/error.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using domain::OperationState;
using test::at;

namespace {

domain::Operation running(const std::string& id, const std::string& instance = "a") {
  domain::Operation operation;
  operation.id = id;
  operation.kind = domain::OperationKind::stitch;
  operation.instance = instance;
  operation.user = "alice";
  operation.parameters = "{}";
  operation.owner = base::this_process();
  operation.started_at = operation.changed_at = at(10);
  return operation;
}

}  // namespace

TEST_CASE("an operation is journaled with its steps in their order") {
  const test::TempStore temp;
  const auto& journal = temp.store.operations;
  journal.begin(running("op1"));
  journal.set_parameters("op1", R"({"snapshot": "5d"})");
  journal.begin_step("op1", "reserve", at(11));
  journal.finish_step("op1", "reserve", at(12));
  journal.begin_step("op1", "apply", at(13));
  CHECK(journal.step_finished("op1", "reserve"));
  CHECK_FALSE(journal.step_finished("op1", "apply"));
  CHECK_FALSE(journal.step_finished("op1", "never"));
  const auto steps = journal.steps("op1");
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].finished_at == at(12));
  CHECK_FALSE(steps[1].finished_at);
  const auto found = journal.find("op1");
  REQUIRE(found);
  CHECK(found->owner == base::this_process());
  CHECK(found->parameters == R"({"snapshot": "5d"})");
  CHECK(journal.running().size() == 1);
}

TEST_CASE("a step begun again is unfinished again and keeps its place") {
  const test::TempStore temp;
  const auto& journal = temp.store.operations;
  journal.begin(running("op1"));
  journal.begin_step("op1", "one", at(1));
  journal.begin_step("op1", "two", at(2));
  journal.begin_step("op1", "one", at(3));
  CHECK(journal.steps("op1").at(0).name == "one");
  CHECK(journal.steps("op1").at(0).started_at == at(3));
}

TEST_CASE("an operation ends once") {
  const test::TempStore temp;
  const auto& journal = temp.store.operations;
  journal.begin(running("op1"));
  journal.finish("op1", OperationState::failed, "agent silent", at(20));
  CHECK(journal.find("op1")->error == "agent silent");
  CHECK(journal.running().empty());
  CHECK_THROWS_AS(journal.finish("op1", OperationState::done, std::nullopt, at(21)), base::Error);
  CHECK_THROWS_AS(journal.finish_step("op1", "never", at(22)), base::Error);
}

TEST_CASE("only a dead owner's operation is taken over, and only once") {
  const test::TempStore temp;
  const auto& journal = temp.store.operations;
  const auto me = base::this_process();
  auto operation = running("op1");
  journal.begin(operation);
  CHECK_FALSE(journal.take_over(operation, me, at(20)));

  auto orphan = running("op2");
  orphan.owner.boot_id = "another boot";
  journal.begin(orphan);
  CHECK(journal.take_over(orphan, me, at(20)));
  CHECK_FALSE(journal.take_over(orphan, me, at(21)));
  CHECK(journal.find("op2")->owner == me);
}

TEST_CASE("recent operations come newest first") {
  const test::TempStore temp;
  for (int i = 0; i < 5; ++i) {
    auto operation = running("op" + std::to_string(i));
    operation.started_at = at(i);
    temp.store.operations.begin(operation);
  }
  const auto recent = temp.store.operations.recent(2);
  REQUIRE(recent.size() == 2);
  CHECK(recent[0].id == "op4");
}

TEST_CASE("a pool's measured durations are those of its own finished operations, newest first") {
  const test::TempStore temp;
  temp.add_warm("a");
  for (int i = 1; i <= 3; ++i) {
    const std::string id = "op" + std::to_string(i);
    temp.store.operations.begin(running(id));
    temp.store.operations.begin_step(id, "all", at(10));
    temp.store.operations.finish_step(id, "all", at(10 + i));
    temp.store.operations.finish(id, i == 2 ? OperationState::failed : OperationState::done, std::nullopt,
                                 at(10 + i));
  }
  CHECK(temp.store.pools.recent_durations_ms("office", "stitch", 10) ==
        std::vector<std::int64_t>{3000, 1000});
  CHECK(temp.store.pools.recent_durations_ms("office", "stitch", 1) == std::vector<std::int64_t>{3000});
  CHECK(temp.store.pools.recent_durations_ms("office", "provision", 10).empty());
  CHECK(temp.store.pools.recent_durations_ms("lab", "stitch", 10).empty());
}

TEST_CASE("B3: of an operation that was resumed, the time until then is not measured") {
  const test::TempStore temp;
  temp.add_warm("a");
  const auto& operations = temp.store.operations;
  operations.begin(running("op"));
  operations.begin_step("op", "first", at(10));
  operations.finish_step("op", "first", at(12));
  operations.begin_step("op", "second", at(12));
  operations.begin_step("op", "second", at(5000));  // by whoever took it over
  operations.finish_step("op", "second", at(5003));
  operations.finish("op", OperationState::done, std::nullopt, at(5003));
  CHECK(temp.store.pools.recent_durations_ms("office", "stitch", 10) == std::vector<std::int64_t>{5000});
}
