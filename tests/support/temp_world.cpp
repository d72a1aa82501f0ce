#include "support/temp_world.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "base/error.hpp"

namespace deskloom::test {
namespace {

policy::Policy make_policy(const std::filesystem::path& directory) {
  policy::Policy policy;
  policy.state_dir = directory;
  policy.image_dir = directory / "images";
  policy.snapshot_store = directory / "store";
  policy.agent_timeout_s = 1;
  policy.hosts["local"].name = "local";
  policy::Pool pool;
  pool.name = "office";
  pool.image = "plain";
  policy.pools["office"] = pool;
  return policy;
}

void make_image(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory / "plain");
  std::ofstream(directory / "plain" / "kernel") << "k";
  std::ofstream(directory / "plain" / "initrd") << "i";
  std::ofstream(directory / "plain" / "image.json")
      << R"({"version":1,"kernel":"kernel","initrd":"initrd","cmdline":"quiet","minimum_memory_mib":64})";
}

std::filesystem::path made(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  return directory;
}

std::unique_ptr<state::Store> open_state(const std::filesystem::path& file) {
  state::Store::init(file);
  return std::make_unique<state::Store>(file, state::Store::Access::write);
}

std::unique_ptr<snapshot::Store> open_snapshots(const std::filesystem::path& directory) {
  snapshot::Store::init(directory);
  return snapshot::Store::open(directory);
}

}  // namespace

TempWorld::TempWorld(const std::filesystem::path& directory)
    : policy_(make_policy(directory)),
      state_(open_state(policy_.state_file())),
      snapshots_(open_snapshots(policy_.snapshot_store)),
      fleet_(made(directory / "domains")),
      world_{
          .policy = policy_,
          .state = *state_,
          .clock = clock_,
          .random = random_,
          .progress = progress_,
          .host = [this](const std::string&) -> fleet::Runtime& { return fleet_; },
          .snapshots = [this]() -> snapshot::Store& { return *snapshots_; },
          .install_helper = [](fleet::Runtime&, const std::string&) {},
          .connect = [](fleet::Runtime&, const std::string& instance) -> std::unique_ptr<guest::Client> {
            throw base::Error(base::ErrorKind::guest, "no guest behind " + instance);
          },
          .volume_server = [](const std::string& snapshot) -> std::vector<std::string> { return {snapshot}; },
          .say = [this](const std::string& message) { said.push_back(message); }} {
  make_image(policy_.image_dir);
}

operation::World TempWorld::with(const base::Clock& clock) {
  return {world_.policy,
          world_.state,
          clock,
          world_.random,
          world_.progress,
          world_.host,
          world_.snapshots,
          world_.install_helper,
          world_.connect,
          world_.volume_server,
          world_.say};
}

int in_process(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 0;
    try {
      body();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "child: %s\n", e.what());
      code = 1;
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace deskloom::test
