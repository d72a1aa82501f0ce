#include "state/gpus.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::state {
namespace {

std::string who_has_them(const std::vector<TakenGpu>& taken, const std::string& host) {
  std::vector<std::string> holders;
  for (const TakenGpu& gpu : taken) {
    if (gpu.host == host) holders.push_back(gpu.instance + " has " + gpu.device);
  }
  return holders.empty() ? "" : ": " + base::join(holders, ", ");
}

}  // namespace

std::vector<std::string> Gpus::take(const std::string& host, std::span<const std::string> inventory,
                                    std::uint32_t count, const std::string& instance) const {
  base::Transaction transaction(db_);
  std::vector<std::string> mine;
  for (const std::string& device : inventory) {
    if (mine.size() == count) break;
    db_.prepare("INSERT INTO gpus VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(host)
        .bind(device)
        .bind(instance)
        .run();
    if (db_.changes() == 1) mine.push_back(device);
  }
  if (mine.size() < count) {
    const std::string free = std::to_string(mine.size());
    throw base::Error(base::ErrorKind::failed,
                      "host " + host + " has " + std::to_string(inventory.size()) + " GPUs, of which " +
                          free + " are free, but instance " + instance + " needs " + std::to_string(count) +
                          who_has_them(list(), host),
                      "wait until one is given back, or add to 'gpus' of [host." + host + "]");
  }
  transaction.commit();
  return mine;
}

void Gpus::give_back(const std::string& instance) const {
  db_.prepare("DELETE FROM gpus WHERE instance = ?").bind(instance).run();
}

std::vector<std::string> Gpus::of(const std::string& instance) const {
  auto row = db_.prepare("SELECT device FROM gpus WHERE instance = ? ORDER BY device");
  row.bind(instance);
  std::vector<std::string> devices;
  while (row.step()) devices.push_back(row.text(0));
  return devices;
}

std::vector<TakenGpu> Gpus::list() const {
  auto row = db_.prepare("SELECT host, device, instance FROM gpus ORDER BY host, device");
  std::vector<TakenGpu> taken;
  while (row.step()) taken.push_back({row.text(0), row.text(1), row.text(2)});
  return taken;
}

}  // namespace deskloom::state
