#include "domain/records.hpp"

#include "domain/names.hpp"

namespace deskloom::domain {
namespace {

constexpr Names<OperationKind, 7> kind_names{{
    {OperationKind::provision, "provision"},
    {OperationKind::stitch, "stitch"},
    {OperationKind::reclaim, "reclaim"},
    {OperationKind::inflate, "inflate"},
    {OperationKind::deflate, "deflate"},
    {OperationKind::start_application, "start-application"},
    {OperationKind::end_application, "end-application"},
}};

constexpr Names<OperationState, 4> state_names{{
    {OperationState::running, "running"},
    {OperationState::done, "done"},
    {OperationState::failed, "failed"},
    {OperationState::undone, "undone"},
}};

}  // namespace

std::string_view to_string(OperationKind kind) { return name_of(kind_names, kind); }
std::string_view to_string(OperationState state) { return name_of(state_names, state); }

OperationKind parse_operation_kind(std::string_view text) {
  return parse_name(kind_names, text, "operation kind");
}

OperationState parse_operation_state(std::string_view text) {
  return parse_name(state_names, text, "operation state");
}

}  // namespace deskloom::domain
