#include "frame/exit_codes.hpp"

#include <algorithm>
#include <array>

namespace deskloom::frame {
namespace {

constexpr std::array table{
    ExitCodeInfo{ExitCode::done, "done", "The work is done, or there was nothing to do."},
    ExitCodeInfo{ExitCode::failed, "failed", "The work could not be done."},
    ExitCodeInfo{ExitCode::usage, "usage", "The request or the policy is invalid; nothing was done."},
    ExitCodeInfo{ExitCode::partial, "partial", "Some of the work was done; the output says which."},
    ExitCodeInfo{ExitCode::differences, "differences", "Differences or changes to make were found."},
    ExitCodeInfo{ExitCode::no_store, "no-store", "The state store or snapshot store does not exist."},
    ExitCodeInfo{ExitCode::locked, "locked", "Another process held what was needed for too long."},
    ExitCodeInfo{ExitCode::host_unreachable, "host-unreachable", "A host did not answer."},
    ExitCodeInfo{ExitCode::store_newer, "store-newer", "A newer program wrote the store."},
    ExitCodeInfo{ExitCode::corrupt, "corrupt", "Stored data is damaged."},
    ExitCodeInfo{ExitCode::no_space, "no-space", "A disk or a quota is full."},
    ExitCodeInfo{ExitCode::guest, "guest", "A guest is silent, lacks a part or broke the protocol."},
    ExitCodeInfo{ExitCode::not_found, "not-found", "The named object does not exist."},
    ExitCodeInfo{ExitCode::no_key, "no-key", "The key of an encrypted store is missing or does not fit."},
    ExitCodeInfo{ExitCode::interrupted, "interrupted", "Stopped by SIGINT or SIGTERM."},
};

}  // namespace

std::span<const ExitCodeInfo> exit_codes() { return table; }

std::string_view name_of(ExitCode code) {
  return std::find_if(table.begin(), table.end(), [&](const auto& info) { return info.code == code; })->name;
}

ExitCode exit_code_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::failed:
      return ExitCode::failed;
    case base::ErrorKind::usage:
      return ExitCode::usage;
    case base::ErrorKind::partial:
      return ExitCode::partial;
    case base::ErrorKind::no_store:
      return ExitCode::no_store;
    case base::ErrorKind::locked:
      return ExitCode::locked;
    case base::ErrorKind::host_unreachable:
      return ExitCode::host_unreachable;
    case base::ErrorKind::store_newer:
      return ExitCode::store_newer;
    case base::ErrorKind::corrupt:
      return ExitCode::corrupt;
    case base::ErrorKind::no_space:
      return ExitCode::no_space;
    case base::ErrorKind::guest:
      return ExitCode::guest;
    case base::ErrorKind::not_found:
      return ExitCode::not_found;
    case base::ErrorKind::interrupted:
      return ExitCode::interrupted;
    case base::ErrorKind::no_key:
      return ExitCode::no_key;
  }
  return ExitCode::failed;
}

}  // namespace deskloom::frame
