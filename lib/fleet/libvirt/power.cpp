#include "fleet/libvirt/power.hpp"

#include <chrono>
#include <thread>

#include "fleet/libvirt/agent.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr auto agent_returns = std::chrono::seconds(10);
constexpr auto poll = std::chrono::milliseconds(20);

int state_of(virDomainPtr domain, const std::string& instance) {
  int state = 0;
  if (virDomainGetState(domain, &state, nullptr, 0) == 0) return state;
  throw last_libvirt_error("cannot ask whether instance " + instance + " is paused");
}

// While its processors stood still, so did its clock.
void set_clock(const Connection& connection, virDomainPtr domain, const std::string& instance) {
  Agent agent(connection, instance);
  // A domain that has just been restored opens the agent's port anew.
  const auto deadline = std::chrono::steady_clock::now() + agent_returns;
  while (!agent.answers() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(poll);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(now - seconds);
  if (virDomainSetTime(domain, seconds.count(), static_cast<unsigned>(rest.count()), 0) == 0) return;
  const auto error = last_libvirt_error("cannot set the clock of instance " + instance);
  throw base::Error(base::ErrorKind::guest, error.what(),
                    "the guest needs a qemu-guest-agent that allows guest-set-time, and hwclock(8)");
}

}  // namespace

void suspend_domain(const Connection& connection, const std::string& instance) {
  const auto domain = connection.get(instance);
  if (state_of(domain.get(), instance) == VIR_DOMAIN_PAUSED) return;
  if (virDomainSuspend(domain.get()) != 0) throw last_libvirt_error("cannot pause instance " + instance);
}

void resume_domain(const Connection& connection, const std::string& instance) {
  const auto domain = connection.get(instance);
  if (state_of(domain.get(), instance) == VIR_DOMAIN_PAUSED && virDomainResume(domain.get()) != 0)
    throw last_libvirt_error("cannot wake instance " + instance);
  set_clock(connection, domain.get(), instance);
}

void save_domain(const Connection& connection, const std::string& instance,
                 const std::filesystem::path& file) {
  const auto domain = connection.get(instance);
  if (virDomainSaveFlags(domain.get(), file.c_str(), nullptr, VIR_DOMAIN_SAVE_RUNNING) == 0) return;
  throw last_libvirt_error("cannot save instance " + instance + " to " + file.string(),
                           "the disk needs room for its memory");
}

void restore_paused_domain(const Connection& connection, const InstanceSpec& spec,
                           const std::filesystem::path& file) {
  if (virDomainRestoreFlags(connection.get(), file.c_str(), nullptr, VIR_DOMAIN_SAVE_PAUSED) == 0) return;
  throw last_libvirt_error("cannot restore instance " + spec.name + " from " + file.string(),
                           "reclaim it: 'deskloom instance destroy " + spec.name + " --force'");
}

}  // namespace deskloom::fleet
