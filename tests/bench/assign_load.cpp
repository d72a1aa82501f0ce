// Many processes that assign desktops at once, on a fleet of simulated instances:
//   assign_load DIRECTORY INSTANCES PROCESSES ASSIGNMENTS
// Everything but the guests and their host is real: leases, the state store with its durable commits, the
// journal, the helper's protocol. Prints one JSON object; ends with 1 when an instance was given to two
// users, or two to one user.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "guest/codec.hpp"
#include "operation/assign.hpp"
#include "operation/provision.hpp"
#include "operation/reclaim.hpp"
#include "operation/sessions.hpp"
#include "operation/shadow.hpp"
#include "support/guest_peers.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;
using domain::InstanceState;
using Clock = std::chrono::steady_clock;

namespace {

// A session of such a user ends with the desktop reclaimed, mostly with a ghost made in its place; else they
// only leave, and it shrinks.
constexpr double ends_chance = 0.5, refill_chance = 0.8;
constexpr double users_per_instance =
    0.9;                                  // ghosts are left at first, and in the end some are made on demand
constexpr double shadows_per_user = 0.2;  // made ahead
constexpr int hosts = 50;
constexpr auto lease_patience = std::chrono::seconds(60);

// A guest that knows every user, for one conversation.
class SimulatedGuest {
 public:
  std::unique_ptr<guest::Client> talk() {
    guest::test::SocketPair sockets;
    thread_ = std::jthread([fd = std::move(sockets.guest)]() mutable { answer(std::move(fd)); });
    return std::make_unique<guest::Client>(
        std::make_unique<guest::test::SocketChannel>(std::move(sockets.host)), guest::test::nonce,
        guest::Limits{});
  }

 private:
  static void answer(base::UniqueFd fd) {
    guest::test::SocketChannel channel(std::move(fd));
    guest::MessageStream stream(channel);
    try {
      stream.send_mark(guest::guest_mark, guest::test::nonce);
      stream.expect_mark(guest::host_mark, guest::test::nonce);
      stream.send(guest::MessageType::hello,
                  guest::Encoder().number(guest::protocol_version).string("simulated"));
      guest::Message request;
      while (stream.receive(request, 1 << 20)) {
        if (request.type != guest::MessageType::report) continue;
        guest::UserReport report;
        report.account.name = guest::Decoder(request.payload).string();
        guest::Encoder out;
        put(out, report);
        stream.send(guest::MessageType::report, out);
      }
    } catch (const base::Error&) {
      return;  // the client has closed
    }
  }

  std::jthread thread_;
};

void describe(test::TempWorld& world) {
  auto& pool = world.pool();
  pool.max = std::numeric_limits<int>::max();
  pool.vcpus = 2;
  pool.minimal_vcpus = 1;
  for (int i = 0; i < hosts; ++i) {
    auto& host = world.policy().hosts[fmt::format("host{}", i)] = world.policy().hosts.at("local");
    host.name = fmt::format("host{}", i);
    host.memory_limit_bytes = std::uint64_t{1} << 50;
    pool.hosts.push_back(host.name);
  }
}

std::string user_name(int number) { return "user-" + std::to_string(number); }

void fill(const std::filesystem::path& directory, int instances, int users) {
  test::TempWorld world(directory);
  describe(world);
  auto transaction = world.state().transaction();
  const auto now = world.world().clock.now();
  world.state().pools.ensure("office");
  for (int i = 0; i < instances; ++i) {
    domain::Instance instance;
    instance.name = domain::instance_name("office", fmt::format("{:06x}", i));
    instance.pool = "office";
    instance.host = fmt::format("host{}", i % hosts);
    instance.image = "plain";
    instance.allocation = instance.minimal = world.pool().minimal();
    instance.full = world.pool().full();
    instance.created_at = instance.changed_at = now;
    world.state().instances.create(instance, "bench", std::nullopt);
    world.state().instances.transition(instance.name, InstanceState::provisioning, InstanceState::warm,
                                       "bench", std::nullopt, now);
    fleet::InstanceSpec spec;
    spec.name = instance.name;
    spec.allocation = instance.allocation;
    spec.directory = operation::instance_directory(world.policy(), instance);
    world.fleet().start(spec);
    if (i >= users * shadows_per_user) continue;
    world.state().users.ensure(user_name(i), now);
    world.state().instances.reserve(instance.name, user_name(i), "bench", std::nullopt, now);
    world.state().instances.transition(instance.name, InstanceState::stitching,
                                       InstanceState::persona_applied_available, "bench", std::nullopt, now);
  }
  transaction.commit();
}

class Worker {
 public:
  Worker(const std::filesystem::path& directory, int users, int number)
      : world_(directory), users_(0, users - 1), random_(static_cast<unsigned>(number)) {
    describe(world_);
    world_.world().connect = [this](fleet::Runtime&, const std::string&) {
      guest_ = std::make_unique<SimulatedGuest>();
      return guest_->talk();
    };
  }

  // One line for each: what was done, and its microseconds.
  void run(int assignments, std::ofstream& out) {
    for (int i = 0; i < assignments; ++i) {
      const std::string user = user_name(users_(random_));
      const auto began = Clock::now();
      const state::LeaseGuard lease(world_.state().leases, "user:" + user, "bench", lease_patience);
      operation::AssignRequest request;
      request.user = user;
      const auto assigned = operation::assign(world_.world(), request);
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
      out << to_string(assigned.action) << ' ' << took.count() << '\n';
      operation::connect_session(world_.state(), world_.world().clock, user);
      end_session(user);
    }
  }

 private:
  void end_session(const std::string& user) {
    const auto left = operation::disconnect_session(world_.state(), world_.world().clock, user);
    if (chance_(random_) >= ends_chance) {
      operation::resize_shadow(world_.world(), left, left.minimal);
      return;
    }
    operation::reclaim(world_.world(), left, "bench");
    if (chance_(random_) < refill_chance)
      operation::provision(world_.world(), world_.pool(), left.host, "bench");
  }

  test::TempWorld world_;
  std::unique_ptr<SimulatedGuest> guest_;
  std::uniform_int_distribution<int> users_;
  std::uniform_real_distribution<double> chance_{0, 1};
  std::mt19937 random_;
};

std::filesystem::path lines_of(const std::filesystem::path& directory, int process) {
  return directory / ("worker-" + std::to_string(process));
}

// Returns how many processes failed.
int run_workers(const std::filesystem::path& directory, int users, int processes, int assignments) {
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const int share = assignments / processes + (i < assignments % processes ? 1 : 0);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        std::ofstream out(lines_of(directory, i));
        Worker(directory, users, i).run(share, out);
        out.close();
        ::_exit(0);
      } catch (const std::exception& e) {
        std::fprintf(stderr, "assign_load: process %d: %s\n", i, e.what());
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  int failed = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    failed += status == 0 ? 0 : 1;
  }
  return failed;
}

// From the record of every instance's moves, in the order in which they were committed.
int count_double_assignments(const state::Store& state) {
  auto row = state.db().prepare(
      "SELECT t.instance, t.to_state, i.user FROM instance_transitions AS t JOIN instances AS i ON i.name = "
      "t.instance "
      "ORDER BY t.id");
  std::set<std::string> given;                     // an instance that had a user is never given again
  std::map<std::string, std::string> instance_of;  // the one that each user holds
  int doubled = 0;
  while (row.step()) {
    const auto instance = row.text(0), to = row.text(1), user = row.text(2);
    if (to == "stitching") {
      doubled += given.insert(instance).second ? 0 : 1;
      doubled += instance_of.emplace(user, instance).second ? 0 : 1;
    } else if (to == "reclaiming" || to == "failed") {
      const auto held = instance_of.find(user);
      if (held != instance_of.end() && held->second == instance) instance_of.erase(held);
    }
  }
  return doubled;
}

double percentile_ms(std::vector<double>& sorted_us, double share) {
  if (sorted_us.empty()) return 0;
  return sorted_us[static_cast<std::size_t>(share * static_cast<double>(sorted_us.size() - 1))] / 1000;
}

// Durable commits of one row, by as many processes: what the store's disk and lock allow.
double bare_commits_per_second(const std::filesystem::path& file, int processes, int commits) {
  base::Database(file, base::Database::Mode::create)
      .execute(
          "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t "
          "VALUES (1, 0)");
  const auto began = Clock::now();
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const base::Database db(file, base::Database::Mode::read_write);
      for (int n = 0; n < commits / processes; ++n) db.execute("UPDATE t SET n = n + 1");
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  return commits / std::chrono::duration<double>(Clock::now() - began).count();
}

int run(const std::filesystem::path& directory, int instances, int processes, int assignments) {
  const int users = std::max(1, static_cast<int>(instances * users_per_instance));
  fill(directory, instances, users);
  const auto began = Clock::now();
  const int failed = run_workers(directory, users, processes, assignments);
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();

  std::map<std::string, std::vector<double>> took;
  for (int i = 0; i < processes; ++i) {
    std::ifstream lines(lines_of(directory, i));
    std::string action;
    for (double us = 0; lines >> action >> us;) {
      took[action].push_back(us);
      took["all"].push_back(us);
    }
  }
  test::TempWorld world(directory);
  base::Json actions = base::Json::object();
  for (auto& [action, us] : took) {
    std::ranges::sort(us);
    actions[action] = {
        {"count", us.size()}, {"median_ms", percentile_ms(us, 0.5)}, {"p99_ms", percentile_ms(us, 0.99)}};
  }
  const int doubled = count_double_assignments(world.state());
  std::vector<std::string> problems;
  for (const auto& problem : world.state().check())
    problems.push_back(problem.object + ": " + problem.problem);
  const double bare = bare_commits_per_second(directory / "bare.sqlite", processes, 20 * processes);
  std::printf("%s\n",
              base::Json{{"seconds", seconds},
                         {"assignments_per_second", static_cast<double>(took["all"].size()) / seconds},
                         {"bare_commits_per_second", bare},
                         {"actions", actions},
                         {"double_assignments", doubled},
                         {"failed_processes", failed},
                         {"problems", problems}}
                  .dump()
                  .c_str());
  return doubled == 0 && failed == 0 && problems.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: assign_load DIRECTORY INSTANCES PROCESSES ASSIGNMENTS\n");
    return 2;
  }
  try {
    return run(argv[1], std::stoi(argv[2]), std::stoi(argv[3]), std::stoi(argv[4]));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "assign_load: %s\n", e.what());
    return 1;
  }
}
