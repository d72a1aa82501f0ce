// Fills a state store with many instances and snapshots: make_state FILE INSTANCES SNAPSHOTS.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "state/store.hpp"

using namespace deskloom;

namespace {

const base::Timestamp start = base::parse_rfc3339("2026-01-01T00:00:00.000Z");

void add_instances(const state::Store& store, int count) {
  for (int i = 0; i < count; ++i) {
    domain::Instance instance;
    instance.name = "office-" + std::to_string(i);
    instance.pool = "pool-" + std::to_string(i % 20);
    instance.host = "host-" + std::to_string(i % 50);
    instance.image = "tiny";
    instance.created_at = start + std::chrono::seconds(i);
    instance.changed_at = instance.created_at;
    store.pools.ensure(instance.pool);
    store.instances.create(instance, "bench", std::nullopt);
    if (i % 10 != 0) {
      store.instances.transition(instance.name, domain::InstanceState::provisioning,
                                 domain::InstanceState::warm, "bench", std::nullopt, instance.changed_at);
    }
  }
}

void add_snapshots(const state::Store& store, int count) {
  char id[33];
  for (int i = 0; i < count; ++i) {
    std::snprintf(id, sizeof id, "%08x%024x", static_cast<unsigned>(i) * 2654435761U,
                  static_cast<unsigned>(i));
    domain::SnapshotRecord record;
    record.id = id;
    record.user = "user-" + std::to_string(i % 5000);
    record.instance = "office-" + std::to_string(i % 10000);
    record.host = "host-0";
    record.created_at = start + std::chrono::seconds(i);
    record.layers = {"profile", "tree"};
    record.size_bytes = 1 << 20;
    store.users.ensure(record.user, record.created_at);
    store.snapshots.put(record);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_state FILE INSTANCES SNAPSHOTS\n");
    return 2;
  }
  try {
    state::Store::init(argv[1]);
    const state::Store store(argv[1], state::Store::Access::write);
    auto transaction = store.transaction();
    add_instances(store, std::atoi(argv[2]));
    add_snapshots(store, std::atoi(argv[3]));
    transaction.commit();
  } catch (const base::Error& e) {
    std::fprintf(stderr, "make_state: %s\n", e.what());
    return 1;
  }
  return 0;
}
