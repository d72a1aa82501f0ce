#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/sqlite.hpp"

namespace deskloom::state {

struct TakenGpu {
  std::string host;
  std::string device;
  std::string instance;
};

// Which instance has which GPU (SPEC C6). A GPU is one instance's at a time: the table's key says so.
class Gpus {
 public:
  explicit Gpus(const base::Database& db) : db_(db) {}
  // The first `count` of the host's inventory that are free. Throws Error(failed) naming who has them when
  // there are not so many; takes none then.
  std::vector<std::string> take(const std::string& host, std::span<const std::string> inventory,
                                std::uint32_t count, const std::string& instance) const;
  void give_back(const std::string& instance) const;
  std::vector<std::string> of(const std::string& instance) const;
  std::vector<TakenGpu> list() const;  // by host and device

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
