#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "fleet/runtime.hpp"
#include "guest/client.hpp"
#include "policy/policy.hpp"
#include "snapshot/store.hpp"
#include "state/store.hpp"

namespace deskloom::operation {

// Everything an operation touches. Hosts, the snapshot store and guests are opened when first asked for.
struct World {
  const policy::Policy& policy;
  const state::Store& state;
  const base::Clock& clock;
  base::Random& random;
  base::Progress& progress;
  std::function<fleet::Runtime&(const std::string& host)> host;
  std::function<snapshot::Store&()> snapshots;
  std::function<void(fleet::Runtime&, const std::string& instance)> install_helper;
  std::function<std::unique_ptr<guest::Client>(fleet::Runtime&, const std::string& instance)> connect;
  // The program that serves the volume of a snapshot, as fleet::ServedVolume wants it.
  std::function<std::vector<std::string>(const std::string& snapshot)> volume_server;
  std::function<void(const std::string& message)> say;  // for people, on standard error
};

}  // namespace deskloom::operation
