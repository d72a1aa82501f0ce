#include "support/fake_fleet.hpp"

#include <algorithm>
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
  around("start", spec.name, [&] {
    if (!is_running(spec.name)) write(spec.name, {spec.allocation, false, {}, "none"});
    started.insert_or_assign(spec.name, spec);
  });
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

// A line: its allocation, whether it is paused, its volume, its GPUs.
FakeFleet::Domain FakeFleet::domain_of(const std::string& name) const {
  std::ifstream file(directory_ / name);
  if (!file) throw base::Error(base::ErrorKind::not_found, "no instance " + name + " runs on the fake host");
  Domain domain;
  auto& a = domain.allocation;
  file >> a.vcpus >> a.memory_bytes >> a.network_bytes_s >> a.storage_bytes_s >> domain.is_paused >>
      domain.volume;
  for (std::string gpu; file >> gpu;) domain.gpus.push_back(gpu);
  a.gpus = static_cast<std::uint32_t>(domain.gpus.size());
  return domain;
}

void FakeFleet::write(const std::string& name, const Domain& domain) const {
  const auto& a = domain.allocation;
  std::ofstream file(directory_ / name);
  file << a.vcpus << ' ' << a.memory_bytes << ' ' << a.network_bytes_s << ' ' << a.storage_bytes_s << ' '
       << domain.is_paused << ' ' << domain.volume;
  for (const std::string& gpu : domain.gpus) file << ' ' << gpu;
}

void FakeFleet::change(const std::string& name, domain::Resource resource,
                       const std::function<void(Domain&)>& effect) {
  const std::string what(domain::to_string(resource));
  around("set-" + what, name, [&] {
    auto domain = domain_of(name);
    if (domain.is_paused) throw base::Error(base::ErrorKind::guest, name + " is paused and answers nothing");
    if (refused.contains(resource))
      throw base::Error(base::ErrorKind::guest, name + " does not take its " + what);
    effect(domain);
    write(name, domain);
  });
}

void FakeFleet::suspend(const std::string& name) {
  around("suspend", name, [&] {
    auto domain = domain_of(name);
    domain.is_paused = true;
    write(name, domain);
  });
}

void FakeFleet::resume(const std::string& name) {
  around("resume", name, [&] {
    auto domain = domain_of(name);
    domain.is_paused = false;
    write(name, domain);
  });
}

void FakeFleet::save(const std::string& name, const std::filesystem::path& file) {
  around("save", name, [&] { std::filesystem::rename(directory_ / name, file); });
}

void FakeFleet::restore(const fleet::InstanceSpec& spec, const std::filesystem::path& file) {
  around("restore", spec.name, [&] {
    std::filesystem::copy_file(file, directory_ / spec.name,
                               std::filesystem::copy_options::overwrite_existing);
    auto domain = domain_of(spec.name);
    domain.is_paused = true;
    write(spec.name, domain);
  });
}

void FakeFleet::set_memory(const std::string& name, std::uint64_t bytes, std::chrono::milliseconds) {
  change(name, domain::Resource::memory, [&](Domain& domain) { domain.allocation.memory_bytes = bytes; });
}

void FakeFleet::set_vcpus(const std::string& name, std::uint32_t vcpus, std::chrono::milliseconds) {
  change(name, domain::Resource::vcpus, [&](Domain& domain) { domain.allocation.vcpus = vcpus; });
}

void FakeFleet::set_network_limit(const std::string& name, std::uint64_t bytes_s) {
  change(name, domain::Resource::network,
         [&](Domain& domain) { domain.allocation.network_bytes_s = bytes_s; });
}

void FakeFleet::set_storage_limit(const std::string& name, std::uint64_t bytes_s) {
  change(name, domain::Resource::storage,
         [&](Domain& domain) { domain.allocation.storage_bytes_s = bytes_s; });
}

void FakeFleet::attach_gpu(const std::string& name, const std::string& device, std::chrono::milliseconds) {
  change(name, domain::Resource::gpus, [&](Domain& domain) {
    if (std::ranges::find(domain.gpus, device) == domain.gpus.end()) domain.gpus.push_back(device);
  });
}

void FakeFleet::detach_gpu(const std::string& name, const std::string& device, std::chrono::milliseconds) {
  change(name, domain::Resource::gpus, [&](Domain& domain) { std::erase(domain.gpus, device); });
}

fleet::ExecResult FakeFleet::exec(const std::string& name, const std::vector<std::string>& argv,
                                  std::chrono::milliseconds) {
  return on_exec ? on_exec(name, argv) : fleet::ExecResult{};
}

std::unique_ptr<base::Channel> FakeFleet::open_channel(const std::string& name, std::chrono::milliseconds) {
  throw base::Error(base::ErrorKind::guest, "the fake host has no channel to " + name);
}

std::unique_ptr<fleet::VolumeReading> FakeFleet::open_volume(const std::string& name,
                                                             const fleet::VolumeRequest&) {
  throw base::Error(base::ErrorKind::failed, "the fake host has no volumes of " + name);
}

void FakeFleet::attach_volume(const std::string& name, const fleet::ServedVolume& volume,
                              const std::vector<fleet::ByteRange>&, std::chrono::milliseconds) {
  around("attach-" + volume.disk, name, [&] {
    auto domain = domain_of(name);
    if (domain.volume == "none") domain.volume = "served";
    write(name, domain);
  });
}

fleet::VolumeLocality FakeFleet::volume_locality(const std::string& name, const std::string& disk) {
  const std::string volume = domain_of(name).volume;
  if (volume == "none") throw base::Error(base::ErrorKind::not_found, name + " has no disk " + disk);
  constexpr std::uint64_t size = 1 << 30;
  return {size, volume == "local" ? size : size / 2, volume == "local", volume == "copying"};
}

fleet::VolumeLocality FakeFleet::localise_volume(const std::string& name, const fleet::ServedVolume& volume,
                                                 std::uint64_t) {
  around("localise-" + volume.disk, name, [&] {
    auto domain = domain_of(name);
    if (domain.volume == "served") domain.volume = "copying";
    write(name, domain);
  });
  return volume_locality(name, volume.disk);
}

void FakeFleet::finish_copy(const std::string& name) const {
  auto domain = domain_of(name);
  domain.volume = "local";
  write(name, domain);
}

fleet::MemoryFacts FakeFleet::save_memory(const std::string& name, const fleet::MemoryRequest&) {
  throw base::Error(base::ErrorKind::failed, "the fake host has no memory of " + name);
}

void FakeFleet::restore_memory(const fleet::InstanceSpec& spec, const std::filesystem::path&) {
  throw base::Error(base::ErrorKind::failed, "the fake host has no memory of " + spec.name);
}

fleet::Address FakeFleet::address(const std::string&) {
  if (addresses.empty()) return {"", true};
  auto said = addresses.front();
  if (addresses.size() > 1) addresses.erase(addresses.begin());
  return said;
}

}  // namespace deskloom::test
