#include "support/fake_fleet.hpp"

#include <fstream>

#include "base/error.hpp"

namespace deskloom::test {

void FakeFleet::around(const std::string& call, const std::string& name,
                       const std::function<void()>& effect) {
  if (on_call) on_call(call, name);
  effect();
  if (on_call) on_call(call + " done", name);
}

fleet::HostFacts FakeFleet::probe() { return {"fake 1", "1", "tcg", "a fake", 8, 64ULL << 30}; }

std::vector<std::string> FakeFleet::running() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    names.push_back(entry.path().filename());
  return names;
}

bool FakeFleet::is_running(const std::string& name) { return std::filesystem::exists(directory_ / name); }

void FakeFleet::create_disks(const fleet::InstanceSpec& spec) {
  around("create-disks", spec.name, [&] { std::filesystem::create_directories(spec.directory); });
}

void FakeFleet::start(const fleet::InstanceSpec& spec) {
  around("start", spec.name, [&] { std::ofstream(directory_ / spec.name) << "running"; });
}

void FakeFleet::wait_for_agent(const std::string& name, std::chrono::milliseconds) {
  around("wait-for-agent", name, [] {});
}

void FakeFleet::destroy(const std::string& name, const std::filesystem::path& directory) {
  around("destroy", name, [&] {
    std::filesystem::remove(directory_ / name);
    std::filesystem::remove_all(directory);
  });
}

fleet::ExecResult FakeFleet::exec(const std::string&, const std::vector<std::string>&,
                                  std::chrono::milliseconds) {
  return {};
}

std::unique_ptr<base::Channel> FakeFleet::open_channel(const std::string& name, std::chrono::milliseconds) {
  throw base::Error(base::ErrorKind::guest, "the fake host has no channel to " + name);
}

std::unique_ptr<fleet::VolumeReading> FakeFleet::open_volume(const std::string& name,
                                                             const fleet::VolumeRequest&) {
  throw base::Error(base::ErrorKind::failed, "the fake host has no volumes of " + name);
}

fleet::MemoryFacts FakeFleet::save_memory(const std::string& name, const fleet::MemoryRequest&) {
  throw base::Error(base::ErrorKind::failed, "the fake host has no memory of " + name);
}

void FakeFleet::restore_memory(const fleet::InstanceSpec& spec, const std::filesystem::path&) {
  throw base::Error(base::ErrorKind::failed, "the fake host has no memory of " + spec.name);
}

}  // namespace deskloom::test
