#pragma once

#include <string>

#include "persona/profile.hpp"
#include "snapshot/store.hpp"
#include "support/deskloom.hpp"

namespace deskloom::test {

// A profile with one application that runs and one setting.
persona::Profile profile_of(const std::string& user, const std::string& setting_value = "dark");

// A snapshot as 'persona capture' leaves it: profile and tree in the snapshot store, its record in the state
// store. Each is newer than the last.
domain::SnapshotRecord put_capture(const Deployment& deployment, const persona::Profile& profile,
                                   snapshot::TreeSource& tree);

}  // namespace deskloom::test
