#include "forecast/network_states.hpp"

#include <cmath>

#include "forecast/packing.hpp"

namespace deskloom::forecast {

void each_network_state(const Store& store, const std::string& model,
                        const std::function<void(NetworkState&& state)>& visit) {
  auto row = store.db().prepare("SELECT user, sessions, until, state FROM network_states WHERE model = ?");
  row.bind(model);
  while (row.step()) {
    NetworkState state{row.text(0), row.integer(1), row.integer(2), {}};
    for (Unpacker unpacker(row.blob(3)); !unpacker.is_empty();) {
      state.values.push_back(unpacker.get<float>());
      if (!std::isfinite(state.values.back())) throw Unpacker::broken();
    }
    visit(std::move(state));
  }
}

void put_network_states(Store& store, const std::string& model, const std::vector<NetworkState>& states) {
  auto insert = store.db().prepare("INSERT OR REPLACE INTO network_states VALUES (?, ?, ?, ?, ?)");
  for (const NetworkState& state : states) {
    Packer packer;
    for (const float value : state.values) packer.put(value);
    const std::string packed = packer.take();
    insert.restart()
        .bind(state.user)
        .bind(model)
        .bind(state.sessions)
        .bind(state.until_s)
        .bind(bytes_of(packed))
        .run();
  }
}

}  // namespace deskloom::forecast
