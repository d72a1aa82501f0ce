#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "guest/messages.hpp"
#include "persona/profile.hpp"
#include "policy/policy.hpp"

namespace deskloom::persona {

// Turns what a guest reports of a user's processes into the profile's, deciding which are applications to
// bring back: the topmost process of each tree that is neither a bare shell nor part of the session itself
// (bus, audio, keyring). Processes whose argv, cwd or files are not valid UTF-8 are kept out of the relaunch
// and say so.
std::vector<Process> classify_processes(const std::vector<guest::Process>& reported,
                                        const std::vector<policy::Application>& known, base::Timestamp now);

// Usage after this capture: counts a launch for each process that the previous profile did not have, and the
// minutes since then. Ranked by frecency: (launches + minutes / 10) halved for every 7 days since the last
// use.
std::vector<ApplicationUse> accumulate_use(const std::vector<Process>& processes, const Profile* previous,
                                           base::Timestamp now);

// The policy entry for a program, or nullptr.
const policy::Application* find_application(const std::vector<policy::Application>& known,
                                            const std::string& program);

}  // namespace deskloom::persona
