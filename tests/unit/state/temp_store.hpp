#pragma once

#include <string>

#include "state/store.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

inline base::Timestamp at(std::int64_t seconds) { return base::from_ns(seconds * 1'000'000'000); }

// A new state store that is open for writing.
struct TempStore {
  TempDir dir;
  std::filesystem::path file;
  state::Store store;

  TempStore() : file(make(dir)), store(file, state::Store::Access::write) {}

  // An instance of pool "office" in state warm; later seconds are younger.
  void add_warm(const std::string& name, std::int64_t seconds = 1) const {
    domain::Instance instance;
    instance.name = name;
    instance.pool = "office";
    instance.host = "local";
    instance.image = "tiny";
    instance.allocation = {2, 256 << 20};
    instance.created_at = at(seconds);
    store.instances.create(instance, "test", std::nullopt);
    store.instances.transition(name, domain::InstanceState::provisioning, domain::InstanceState::warm,
                               "booted", std::nullopt, at(seconds));
  }

 private:
  static std::filesystem::path make(const TempDir& dir) {
    auto file = dir / "state.db";
    state::Store::init(file);
    return file;
  }
};

}  // namespace deskloom::test
