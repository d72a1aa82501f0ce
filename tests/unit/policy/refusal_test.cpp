#include "policy_files.hpp"
#include "support/catch.hpp"

using deskloom::test::refusal_of;

TEST_CASE("an unknown key is refused at its line with the nearest one") {
  CHECK(refusal_of("[pool.default]\nmax = 3\nflor = 2\n").message ==
        "FILE:3: unknown key 'flor' in [pool.default]; did you mean 'floor'?");
  CHECK(refusal_of("[pol.default]\nfloor = 2\n").message ==
        "FILE:1: unknown key 'pol'; did you mean 'pool'?");
}

TEST_CASE("an unknown key that resembles none lists those there are") {
  const auto refusal = refusal_of("[host.a]\nzzzzzzzz = 1\n");
  CHECK(refusal.message == "FILE:2: unknown key 'zzzzzzzz' in [host.a]");
  CHECK(
      refusal.hint ==
      "known keys: uri, accelerator, engine, context, namespace, instance_dir, network, memory_limit, gpus, "
      "region");
}

TEST_CASE("a value of the wrong type is refused with what is wanted") {
  struct Case {
    std::string text, message;
  };
  const auto c = GENERATE(
      Case{"[pool.p]\nfloor = \"2\"", "FILE:2: 'floor' must be an integer from 0 to 10000, not a string"},
      Case{"[pool.p]\nfloor = -1", "FILE:2: 'floor' must be an integer from 0 to 10000, not -1"},
      Case{"[pool.p]\nfloor = 1.5",
           "FILE:2: 'floor' must be an integer from 0 to 10000, not a number with a fraction"},
      Case{"[pool.p]\non_demand = 1", "FILE:2: 'on_demand' must be true or false, not an integer"},
      Case{"[pool.p]\nmemory = 256",
           "FILE:2: 'memory' must be a size from \"16MiB\" to \"64TiB\", not an integer"},
      Case{"[pool.p]\nmemory = \"1MiB\"",
           "FILE:2: 'memory' must be a size from \"16MiB\" to \"64TiB\", not \"1MiB\""},
      Case{"[pool.p]\nusers = [\n\"a\",\n2]",
           "FILE:4: 'users' must be an array, each item a string that is not empty, not an integer"},
      Case{"[host.h]\naccelerator = \"hvf\"",
           "FILE:2: 'accelerator' must be \"auto\", \"kvm\" or \"tcg\", not \"hvf\""},
      Case{"state_dir = \"here\"", "FILE:1: 'state_dir' must be an absolute path, not \"here\""},
      Case{"[capture]\ninclude = [\"../bob\"]",
           "FILE:2: 'include' must be an array, each item a path below the home, without \"..\", not "
           "\"../bob\""},
      Case{"[capture]\ndconf = [\"org\"]",
           "FILE:2: 'dconf' must be an array, each item a dconf directory such as \"/org/gnome/\", not "
           "\"org\""},
      Case{"[pool.p]\nwait_cost = -0.5",
           "FILE:2: 'wait_cost' must be a number from 0 to 1000000000, not -0.5"},
      Case{"[pool.p]\nidle_cost = \"1\"",
           "FILE:2: 'idle_cost' must be a number from 0 to 1000000000, not a string"},
      Case{"[pool.p]\nwait_cost = nan", "FILE:2: 'wait_cost' must be a number from 0 to 1000000000, not nan"},
      Case{"[pool.p]\nwait_cost = -1", "FILE:2: 'wait_cost' must be a number from 0 to 1000000000, not -1"},
      Case{"[pool.p]\nschedule = [\"Mon 8-9 1\"]",
           "FILE:2: 'schedule' must be an array, each item days, times and a number, such as \"Mon-Fri "
           "07:30-10:00 12\", not \"Mon 8-9 1\""},
      Case{"[price.p]\nfrom = \"8 pm\"",
           "FILE:2: 'from' must be a time from \"00:00\" to \"24:00\", not \"8 pm\""},
      Case{"pool = 3", "FILE:1: 'pool' must be a table, not an integer"},
      Case{"[pool]\np = 3", "FILE:2: 'pool.p' must be a table, not an integer"},
      Case{"lock_timeout = 2026-01-01",
           "FILE:1: 'lock_timeout' must be an integer from 0 to 86400, not a date "
           "or time"});
  CHECK(refusal_of(c.text).message == c.message);
}

TEST_CASE("steps of profiles are quarters, halves or whole hours") {
  const auto refusal = refusal_of("[forecast]\nhorizon_hours = 12\nstep_minutes = 20\n");
  CHECK(refusal.message == "FILE:3: [forecast] has step_minutes 20");
  CHECK(refusal.hint == "use 15, 30 or 60");
}

TEST_CASE("G3: a host's keys are those of its engine") {
  CHECK_THAT(refusal_of("[host.h]\nuri = \"qemu:///embed?root=/srv\"\n").message,
             deskloom::test::Contains("\"embedded\" or the URI of a libvirt daemon"));
  const auto uri = refusal_of("[host.h]\nengine = \"podman\"\nuri = \"qemu:///system\"\n");
  CHECK(uri.message == "FILE:3: host 'h' has 'uri', which says nothing to engine 'podman'");
  CHECK(uri.hint == "leave it out, or set engine = \"libvirt\"");
  const auto context = refusal_of("[host.h]\ncontext = \"desks\"\n");
  CHECK(context.message == "FILE:2: host 'h' has 'context', which says nothing to engine 'libvirt'");
  CHECK(context.hint == "leave it out, or set engine = \"kubernetes\"");
  CHECK(refusal_of("[host.h]\nengine = \"docker\"\n").message ==
        "FILE:2: 'engine' must be \"libvirt\", \"podman\" or \"kubernetes\", not \"docker\"");
  for (const char* name : {"Desk", "a_b", "-a", "a-", ""}) {
    CAPTURE(name);
    const auto text = "[host.h]\nengine = \"kubernetes\"\nnamespace = \"" + std::string(name) + "\"\n";
    CHECK_THAT(refusal_of(text).message, deskloom::test::StartsWith("FILE:3: 'namespace' must be a name of"));
  }
}

TEST_CASE("a mode names applications that are described") {
  const auto refusal = refusal_of(
      "[application.writer]\nexecutable = \"soffice\"\n[mode.writing]\napplications = [\"writr\"]\n");
  CHECK(refusal.message ==
        "FILE:4: mode 'writing' uses application 'writr', but there is no [application.writr]");
  CHECK(refusal.hint == "did you mean 'writer'?");
}

TEST_CASE("a section's name must be safe as a file and domain name") {
  CHECK(refusal_of("[pool.\"../x\"]").message == "FILE:1: '../x' is no name for a pool");
}

TEST_CASE("text that is not TOML is refused at its line") {
  CHECK_THAT(refusal_of("a = 1\nb = = 2\n").message, deskloom::test::StartsWith("FILE:2: "));
  CHECK_THAT(refusal_of("[pool.p]\nmax = 1\nmax = 2\n").message, deskloom::test::StartsWith("FILE:3: "));
}

TEST_CASE("a pool that names a host that is not there is refused at that line") {
  const auto refusal = refusal_of("[host.desk1]\n[pool.p]\nhosts = [\"desk2\"]\n");
  CHECK(refusal.message == "FILE:3: pool 'p' uses host 'desk2', but there is no [host.desk2]");
  CHECK(refusal.hint == "did you mean 'desk1'?");
}

TEST_CASE("a floor or size above max is refused, whichever of the two was set") {
  CHECK(refusal_of("[pool.p]\nmax = 3\nfloor = 4\n").message ==
        "FILE:3: pool 'p' has floor 4, above its max 3");
  CHECK(refusal_of("[pool.p]\nsize = 65\n").message == "FILE:2: pool 'p' has size 65, above its max 64");
}

TEST_CASE("B3: a schedule that wants more than max is refused") {
  const auto refusal = refusal_of("[pool.p]\nmax = 3\nschedule = [\"daily 08:00-09:00 4\"]\n");
  CHECK(refusal.message == "FILE:3: pool 'p' has 4 ghosts in its schedule, above its max 3");
  CHECK(refusal.hint == "raise max, or lower the number in \"daily 08:00-09:00 4\"");
}

TEST_CASE("C5: a price for a region that no host names is refused at that line, with those there are") {
  const std::string hosts = "[host.a]\nregion = \"frankfurt\"\n[host.b]\nregion = \"oslo\"\n";
  const auto near = refusal_of(hosts + "[price.p]\nregions = [\"frankfrt\"]\n");
  CHECK(near.message == "FILE:6: price 'p' is for region 'frankfrt', but no host stands there");
  CHECK(near.hint == "did you mean 'frankfurt'?");
  CHECK(refusal_of(hosts + "[price.p]\nregions = [\"sydney\"]\n").hint == "regions: frankfurt, oslo");
  CHECK(refusal_of("[price.p]\nregions = [\"oslo\"]\n").hint == "set 'region' in the hosts' sections");
}

TEST_CASE("C5: a price that names a host that is not there is refused at that line") {
  const auto refusal = refusal_of("[host.desk1]\n[price.p]\nhosts = [\"desk2\"]\n");
  CHECK(refusal.message == "FILE:3: price 'p' uses host 'desk2', but there is no [host.desk2]");
}

TEST_CASE("C4: a rule of scaling that could never do what it says is refused") {
  CHECK(refusal_of("[scale.s]\nminutes = 5\n").message ==
        "FILE:1: [scale.s] needs one of 'above_percent' and 'below_percent'");
  CHECK(refusal_of("[scale.s]\nabove_percent = 5\nbelow_percent = 6\n").message ==
        "FILE:1: [scale.s] needs one of 'above_percent' and 'below_percent'");
  CHECK(refusal_of("[scale.s]\nabove_percent = 5\nby = 0\n").message ==
        "FILE:1: [scale.s] has by 0, which changes nothing");
  CHECK(refusal_of("[scale.s]\nabove_percent = 5\nscale = \"instances\"\n").message ==
        "FILE:1: [scale.s] looks at cpu and changes instances");
  CHECK(refusal_of("[scale.s]\nabove_percent = 5\npools = [\"p\"]\n").message ==
        "FILE:1: [scale.s] is for pool 'p', but there is no [pool.p]");
}

TEST_CASE("an application without an executable is refused") {
  CHECK(refusal_of("\n[application.writer]\nrelaunch = true\n").message ==
        "FILE:2: [application.writer] has no 'executable'");
}

TEST_CASE("a file of absurd size is refused") {
  const deskloom::test::PolicyFiles files;
  files.write("deskloom.toml", std::string(2 << 20, '#'));
  CHECK_THROWS_AS(files.load(), deskloom::base::Error);
}

TEST_CASE("G3: what no host of a pool can give containers is refused") {
  const std::string hosts =
      "[host.local]\nengine = \"podman\"\n[host.c]\nengine = \"kubernetes\"\n[pool.p]\n";
  const std::string here = "hosts = [\"local\"]\n";
  const auto network = refusal_of(hosts + here + "network_rate = \"1MiB\"");
  CHECK(network.message ==
        "FILE:7: pool 'p' has 'network_rate', which none of its hosts can give containers");
  CHECK(network.hint == "leave it out, or name a host with engine = \"libvirt\" or \"kubernetes\"");
  CHECK(refusal_of(hosts + here + "gpus = 1").message ==
        "FILE:7: pool 'p' has 'gpus', which none of its hosts can give containers");
  CHECK(refusal_of(hosts + "network_rate = \"1MiB\"\nstorage_rate = \"1MiB\"").message ==
        "FILE:7: pool 'p' has 'storage_rate', which none of its hosts can give containers");
}
