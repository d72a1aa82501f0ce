#pragma once

#include <memory>
#include <string>

#include "fleet/libvirt/connection.hpp"
#include "fleet/memory.hpp"

namespace deskloom::fleet {

MemoryFacts save_running_memory(const std::shared_ptr<Connection>& connection, const std::string& instance,
                                const MemoryRequest& request);
void restore_saved_memory(const Connection& connection, const InstanceSpec& spec,
                          const std::filesystem::path& file);

}  // namespace deskloom::fleet
