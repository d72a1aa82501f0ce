// G1, G3: what instances of application personas are made with, by what runs them.
#include "operation/app_pools.hpp"

#include "support/catch.hpp"

using namespace deskloom;

namespace {

constexpr std::uint64_t mib = 1 << 20;

policy::Policy policy_with(const std::string& engine) {
  policy::Policy policy;
  policy.hosts["pods"].name = "pods";
  policy.hosts["pods"].engine = engine;
  return policy;
}

// In a container; resources: its own.
domain::AppComponent database(const std::optional<domain::AppResources>& resources = std::nullopt) {
  domain::AppComponent component;
  component.name = "db";
  component.source = {domain::AppSource::Kind::container, "localhost/db:1"};
  component.resources = resources;
  return component;
}

domain::AppPersona persona() {
  domain::AppPersona persona;
  persona.id = "tickets";
  persona.resources = {2, 512 * mib, 1, 0, 20 * mib, 2 * mib};
  return persona;
}

}  // namespace

TEST_CASE("G3: rates and GPUs of a persona are not a container's that has no resources of its own") {
  const auto pool = operation::component_pool(policy_with("podman"), persona(), database());
  CHECK(pool.full() == domain::Allocation{2, 512 * mib});
  CHECK(pool.hosts == std::vector<std::string>{"pods"});
}

TEST_CASE("G3: what a container asks for and no host can give it is refused") {
  const auto given = [](const std::string& engine, const domain::AppResources& resources) {
    return operation::component_pool(policy_with(engine), persona(), database(resources)).full();
  };
  const domain::AppResources rate{1, 64 * mib, 0, 0, 0, 2 * mib}, gpu{1, 64 * mib, 1},
      disk{1, 64 * mib, 0, 0, 1};
  CHECK_THROWS_WITH(given("podman", rate),
                    "application persona tickets asks for a network rate for containers "
                    "of localhost/db:1, which no host can give them");
  CHECK_THROWS_WITH(given("podman", gpu), test::Contains("asks for GPUs"));
  CHECK_THROWS_WITH(given("kubernetes", disk), test::Contains("asks for a storage_rate"));
  CHECK(given("kubernetes", rate).network_bytes_s == 2 * mib);
  CHECK(given("kubernetes", gpu).gpus == 1);
  auto on_hosts_network = persona();
  on_hosts_network.environment.network = "host";
  CHECK_THROWS_WITH(operation::component_pool(policy_with("kubernetes"), on_hosts_network, database(rate)),
                    test::Contains("a network rate"));
}
