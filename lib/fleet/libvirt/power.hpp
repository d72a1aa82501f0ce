#pragma once

#include <filesystem>
#include <string>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// How instances wait without being used, and go on. Errors: as Runtime::suspend, resume, save.
void suspend_domain(const Connection& connection, const std::string& instance);
void resume_domain(const Connection& connection, const std::string& instance);
void save_domain(const Connection& connection, const std::string& instance,
                 const std::filesystem::path& file);
void restore_paused_domain(const Connection& connection, const InstanceSpec& spec,
                           const std::filesystem::path& file);

}  // namespace deskloom::fleet
