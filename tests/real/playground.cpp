#include "real/playground.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

extern char** environ;  // NOLINT

namespace deskloom::test {
namespace {

std::string images() {
  const char* set = std::getenv("DESKLOOM_TEST_IMAGES");
  if (set == nullptr)
    throw std::runtime_error(
        "DESKLOOM_TEST_IMAGES is not set: scripts/test sets it, and scripts/build-guest makes it");
  return set;
}

std::vector<pid_t> qemu_processes(const std::string& instance) {
  const auto found = base::run_process({"pgrep", "-f", "guest=" + instance + ","});
  std::vector<pid_t> pids;
  for (std::size_t at = 0; at < found.out.size(); at = found.out.find('\n', at) + 1) {
    pids.push_back(std::stoi(found.out.substr(at)));
  }
  return pids;
}

}  // namespace

Playground::Playground(const std::string& image, const std::string& policy) {
  std::ofstream(dir_ / "deskloom.toml") << "image_dir = \"" << images() << "\"\n"
                                        << "[pool.default]\nimage = \"" << image << "\"\n"
                                        << policy;
  must({"init"});
}

void Playground::set_policy(const std::string& text, const std::string& replacement) const {
  const auto file = dir_ / "deskloom.toml";
  auto policy = base::read_file(file, 1 << 16);
  const auto at = policy.find(text);
  if (at == std::string::npos) throw std::runtime_error("the policy has no " + text);
  std::ofstream(file) << policy.replace(at, text.size(), replacement);
}

Playground::~Playground() {
  try {
    const auto listed = run({"instance", "list"});
    for (const auto& instance : listed.json.at("instances")) remove(instance.at("name"));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "cleaning up: %s\n", e.what());
  }
}

void Playground::remove(const std::string& instance) const {
  try {
    must({"instance", "destroy", instance, "--force"});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "cleaning up: %s\n", e.what());
    for (const pid_t pid : qemu_processes(instance)) ::kill(pid, SIGKILL);
  }
}

std::vector<std::string> Playground::arguments(const std::vector<std::string>& args) const {
  std::vector<std::string> all{"--config", dir_ / "deskloom.toml", "--state-dir", dir_.path(), "--json"};
  all.insert(all.end(), args.begin(), args.end());
  return all;
}

Outcome Playground::run(const std::vector<std::string>& args) const {
  base::ProcessOptions options;
  options.timeout = std::chrono::minutes(5);
  return run_deskloom(arguments(args), options);
}

base::Json Playground::must(const std::vector<std::string>& args) const {
  auto ran = run(args);
  if (ran.code != 0) {
    throw std::runtime_error("deskloom " + base::join(args, " ") + " ended with " + std::to_string(ran.code) +
                             "\n" + ran.out + ran.err);
  }
  return ran.json;
}

std::string Playground::in_guest(const std::string& instance, const std::string& user,
                                 const std::string& script) const {
  return must({"instance", "exec", instance, "--user", user, "--", "/bin/sh", "-c", script}).at("output");
}

bool Playground::run_and_kill(const std::vector<std::string>& args, int after_ms) const {
  auto argv = arguments(args);
  argv.insert(argv.begin(), DESKLOOM_PROGRAM);
  std::vector<char*> pointers;
  for (auto& argument : argv) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t pid = 0;
  if (::posix_spawn(&pid, argv.front().c_str(), nullptr, nullptr, pointers.data(), environ) != 0) {
    throw std::runtime_error("cannot start " + argv.front());
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
  ::kill(pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status);
}

void Playground::cut_power(const std::string& instance) const {
  const auto pids = qemu_processes(instance);
  if (pids.empty()) throw std::runtime_error("no QEMU runs " + instance);
  for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  while (!qemu_processes(instance).empty()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

std::map<std::string, std::string> Playground::instances_by_state(const std::string& state) const {
  std::map<std::string, std::string> result;
  const auto listed = must({"instance", "list", "--state", state});
  for (const auto& i : listed.at("instances")) {
    result[i.at("name")] = i.at("user").is_null() ? "" : i.at("user").get<std::string>();
  }
  return result;
}

}  // namespace deskloom::test
