#include "domain/records.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom::domain;

TEST_CASE("operation kinds and states read back as they are written") {
  for (const auto kind : {OperationKind::provision, OperationKind::stitch, OperationKind::reclaim,
                          OperationKind::inflate, OperationKind::deflate})
    CHECK(parse_operation_kind(to_string(kind)) == kind);
  for (const auto state :
       {OperationState::running, OperationState::done, OperationState::failed, OperationState::undone})
    CHECK(parse_operation_state(to_string(state)) == state);
}

TEST_CASE("an unknown operation kind is refused and the known ones are listed") {
  try {
    parse_operation_kind("hibernate");
    FAIL("accepted");
  } catch (const deskloom::base::Error& e) {
    CHECK(e.hint() ==
          "known: provision, stitch, reclaim, inflate, deflate, start-application, end-application");
  }
}
