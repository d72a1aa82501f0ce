// F1, G2: an application of three parts on real ones: the front end in a virtual machine, a worker and a
// small database in containers, talking to each other, and at last one more part in a virtual machine, and
// wishes of where they are; in order: each case goes on where the one before ended.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "real/container_lab.hpp"
#include "real/playground.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace std::chrono_literals;

namespace {

// Keeps what it is told: "put KEY VALUE", "get KEY", a line each.
constexpr const char* database =
    "mkdir -p /data && nc -ll -p 7411 -e /bin/sh -c "
    "'read -r what key value; case $what in put) echo $value >/data/$key;; get) cat /data/$key 2>/dev/null;; "
    "esac'; true";
// Squares the number that it finds there.
constexpr const char* worker =
    "ask() { echo \"$@\" | nc -w 2 $DB_SERVICE_HOST $DB_SERVICE_PORT; }; "
    "while :; do job=$(ask get job); [ -z \"$job\" ] || ask put result $((job * job)); sleep 0.2; done";
constexpr const char* answers = "echo get job | nc -w 2 127.0.0.1 7411";

base::Json component(const std::string& name, const char* command) {
  return {{"name", name},
          {"image", "container"},
          {"application_source", {{"in_image", true}}},
          {"resource_profile", {{"cpus", 1}, {"memory", "64MiB"}}},
          {"command", {"/bin/sh", "-c", command}}};
}

// The database has what the persona asks for, as far as a container can; rules: what is done when the worker
// dies, and when the database does.
base::Json document(const char* worker_rule = "restart", const char* database_rule = "restart") {
  auto db = component("db", database), squarer = component("squarer", worker);
  db.erase("resource_profile");
  db["ports"] = {7411};
  db["health"] = {{"command", {"/bin/sh", "-c", answers}}, {"interval_s", 1}};
  squarer["depends_on"] = {"db"};
  squarer["on_failure"] = worker_rule;
  db["on_failure"] = database_rule;
  return {{"persona_id", "squares"},
          {"app_id", "squares"},
          {"resource_profile", {{"cpus", 1}, {"memory", "192MiB"}, {"network", "20MiB/s"}}},
          {"execution_environment", {{"image", "tiny"}}},
          {"application_source", {{"in_image", true}}},
          {"components", {squarer, db}}};
}

// The same, kept apart from the database, with an archive in a virtual machine, and beside the database an
// auditor that is well only when it finds the archive.
base::Json spread_document() {
  auto spread = document();
  auto& parts = spread["components"];
  parts[0]["anti_affinity"] = {"db"};
  auto archive = component("archive", "nc -ll -p 7412 -e /bin/sh -c 'echo archive of $DESKLOOM_APP'");
  archive["image"] = "tiny";
  archive["resource_profile"]["memory"] = "192MiB";
  archive["ports"] = {7412};
  archive["health"] = {{"command", {"/bin/sh", "-c", "nc -w 2 127.0.0.1 7412 </dev/null | grep archive"}},
                       {"interval_s", 1}};
  auto auditor = component("auditor", "tail -f /dev/null");
  auditor["co_locate_with"] = {"db"};
  auditor["depends_on"] = {"archive"};
  auditor["health"] = {
      {"command",
       {"/bin/sh", "-c",
        "nc -w 2 $ARCHIVE_SERVICE_HOST $ARCHIVE_SERVICE_PORT </dev/null | grep 'archive of squares'"}},
      {"interval_s", 1}};
  parts.push_back(archive);
  parts.push_back(auditor);
  return spread;
}

// A network of this machine's, on which virtual machines find what is on it, and are found.
class Bridge {
 public:
  Bridge() {
    must({"ip", "link", "add", name_, "type", "bridge"});
    must({"ip", "address", "add", std::string(network) + ".1/24", "dev", name_});
    must({"ip", "link", "set", name_, "up"});
    must({DESKLOOM_TEST_SUPPORT "/dhcp", name_, network});
  }
  ~Bridge() { base::run_process({"ip", "link", "delete", name_}); }
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;
  const std::string& name() const { return name_; }
  static constexpr const char* network = "10.213.77";

 private:
  static void must(const std::vector<std::string>& argv) {
    const auto result = base::run_process(argv);
    if (result.exit_code != 0) throw std::runtime_error(argv.front() + ": " + result.err);
  }
  std::string name_ = "dl-" + std::to_string(::getpid());
};

// Its images are beside those of virtual machines.
test::ContainerLab& lab() {
  static const char* const machines = std::getenv("DESKLOOM_TEST_IMAGES");
  static const std::string tiny = std::string(machines == nullptr ? "" : machines) + "/tiny";
  static test::ContainerLab made;
  std::error_code there_already;
  std::filesystem::create_directory_symlink(tiny, made.directory() / "images/tiny", there_already);
  return made;
}

test::Playground& playground() {
  lab();  // outlives the instances in it
  static test::Playground made("tiny",
                               "memory = \"192MiB\"\n[host.local]\nnetwork = \"user\"\n"
                               "[host.pods]\nengine = \"podman\"\n");
  return made;
}

std::string desktop() { return playground().must({"app", "status"}).at("sessions").at(0).at("instance"); }

base::Json part(const std::string& component) {
  const auto status = playground().must({"app", "status"});
  for (const auto& part : status.at("components")) {
    if (part.at("component") == component) return part;
  }
  throw std::runtime_error("no component " + component);
}

// What the front end gets for a number, asked as soon as the worker may have seen it.
std::string square_of(int number) {
  const std::string script =
      ". /etc/deskloom/components.env; ask() { echo \"$@\" | nc -w 2 $DB_SERVICE_HOST "
      "$DB_SERVICE_PORT; }; ask put job " +
      std::to_string(number) +
      "; for i in $(seq 50); do [ \"$(ask get result)\" = " + std::to_string(number * number) +
      " ] && break; sleep 0.2; done; ask get result";
  return playground().must({"instance", "exec", desktop(), "--", "/bin/sh", "-c", script}).at("output");
}

void describe(const base::Json& application) {
  std::filesystem::create_directories(playground().dir() / "app-personas");
  std::ofstream(playground().dir() / "app-personas/squares.json") << application;
}

void kill_part(const std::string& component) {
  lab().podman({"kill", part(component).at("instance").get<std::string>() + "-desktop"});
}

void check_nothing_is_left() {
  CHECK(playground().must({"app", "status"}).at("sessions").empty());
  CHECK(playground().must({"instance", "list"}).at("instances").empty());
  CHECK(lab().podman({"ps", "--all", "--quiet"}).empty());
  CHECK(lab().podman({"pod", "ps", "--quiet"}).empty());
  CHECK(std::filesystem::is_empty(playground().dir() / "instances"));
}

}  // namespace

TEST_CASE("F1: a front end in a virtual machine works with a worker and a database in containers") {
  describe(document());
  const auto given = playground().must({"app", "assign", "alice", "squares"});
  CHECK(given.at("persona") == "squares");
  CHECK(given.at("supply") == "made");
  CHECK(given.at("state") == "running");
  CHECK(part("db").at("host") == "pods");
  CHECK(part("db").at("health") == "healthy");
  CHECK(playground().instances_by_state("serving").size() == 2);
  CHECK(square_of(7) == "49\n");
}

TEST_CASE("F1: a worker that is killed is started again by its rule, and the work goes on") {
  CHECK(playground().must({"app", "watch"}).at("events").empty());
  const auto killed = part("squarer").at("instance").get<std::string>();
  kill_part("squarer");
  const auto events = playground().must({"app", "watch"}).at("events");
  REQUIRE(events.size() == 1);
  CHECK(events[0].at("event") == "restarted");
  CHECK(events[0].at("component") == "squarer");
  CHECK(part("squarer").at("instance") != killed);
  CHECK(part("squarer").at("restarts") == 1);
  CHECK(square_of(9) == "81\n");
}

TEST_CASE("F1: a database that is there but does not answer is made anew, and its worker finds it again") {
  const auto stuck = part("db").at("instance").get<std::string>();
  playground().must({"instance", "exec", stuck, "--", "/bin/sh", "-c", "kill -STOP $(pidof nc)"});
  const auto events = playground().must({"app", "watch"}).at("events");
  REQUIRE(events.size() == 1);
  CHECK(events[0].at("component") == "db");
  CHECK(events[0].at("event") == "restarted");
  CHECK(square_of(12) == "144\n");
}

TEST_CASE("F1: a release that is killed is finished by a watch, and leaves nothing") {
  const auto front_end = desktop();
  playground().run_and_kill({"app", "release", "alice"}, 1500);
  playground().must({"app", "watch"});
  CHECK(base::run_process({"pgrep", "-f", "guest=" + front_end + ","}).out.empty());
  check_nothing_is_left();
}

TEST_CASE("F1, G3: by its rule a worker that dies goes on elsewhere, on a cluster say, at the same work") {
  test::use_stand_in_cluster(lab().directory() / "cluster");
  playground().set_policy("[host.pods]",
                          "[host.cluster]\nengine = \"kubernetes\"\ncontext = \"desks\"\n[host.pods]");
  describe(document("move", "end"));
  playground().must({"app", "assign", "bob", "squares"});
  CHECK(square_of(3) == "9\n");
  const auto before = part("squarer").at("host");
  kill_part("squarer");
  const auto events = playground().must({"app", "watch"}).at("events");
  REQUIRE(events.size() == 1);
  CHECK(events[0].at("event") == "moved");
  CHECK(part("squarer").at("host") != before);
  CHECK(square_of(5) == "25\n");
}

TEST_CASE("F1: by its rule the death of a database ends the session, and all that belongs to it") {
  kill_part("db");
  const auto events = playground().must({"app", "watch"}).at("events");
  REQUIRE(events.size() == 1);
  CHECK(events[0].at("event") == "ended");
  CHECK_THAT(events[0].at("detail").get<std::string>(), test::Contains("component db died"));
  check_nothing_is_left();
}

TEST_CASE(
    "G2: a ghost serves by the persona at once, and who has none gets the default profile, as is said") {
  describe(document());
  playground().set_policy("[pool.default]\n", "[pool.default]\nfloor = 1\n");
  playground().must({"pool", "apply"});
  const auto ghost = playground().instances_by_state("warm").begin()->first;
  const auto given = playground().must({"app", "assign", "alice", "squares"});
  CHECK(given.at("supply") == "ready");
  CHECK(given.at("instance") == ghost);
  playground().must({"app", "release", "alice", "--force"});

  playground().set_policy("floor = 1\n", "");
  const auto unknown = playground().must({"app", "assign", "alice", "circles"});
  CHECK(unknown.at("supply") == "default-profile");
  CHECK_THAT(unknown.at("reason").get<std::string>(), test::Contains("no application persona is of"));
  playground().must({"app", "release", "alice", "--force"});
  check_nothing_is_left();
}

TEST_CASE("F1: parts in virtual machines and containers are placed as they wish, and find each other") {
  const Bridge bridge;
  playground().set_policy("network = \"user\"", "network = \"bridge:" + bridge.name() + "\"");
  playground().set_policy("[host.pods]", "[host.spare]\nengine = \"podman\"\ninstance_dir = \"" +
                                             (playground().dir() / "spare").string() + "\"\n[host.pods]");
  describe(spread_document());
  playground().must({"app", "assign", "bob", "squares"});
  CHECK(part("archive").at("host") == "local");
  CHECK(part("squarer").at("host") != part("db").at("host"));
  CHECK(part("squarer").at("host") != "local");
  CHECK(part("auditor").at("host") == part("db").at("host"));
  CHECK_THAT(part("archive").at("address").get<std::string>(), test::StartsWith(Bridge::network));
  CHECK(square_of(11) == "121\n");
  const std::string ask =
      ". /etc/deskloom/components.env; nc -w 2 $ARCHIVE_SERVICE_HOST $ARCHIVE_SERVICE_PORT </dev/null";
  const auto told = playground().must({"instance", "exec", desktop(), "--", "/bin/sh", "-c", ask});
  CHECK(told.at("output") == "archive of squares\n");
  playground().must({"app", "release", "bob", "--force"});
  check_nothing_is_left();
}
