#include "fleet/resident.hpp"

#include <map>

#include "domain/instance.hpp"

namespace deskloom::fleet {

std::vector<Resident> residents_of(const std::vector<std::string>& domains,
                                   const std::filesystem::path& instance_dir) {
  std::map<std::string, Resident> found;
  for (const auto& name : domains) found[name].has_domain = true;
  std::error_code ignored;  // nothing was made there yet, or it is not this user's to look at
  for (const auto& entry : std::filesystem::directory_iterator(instance_dir, ignored)) {
    const std::string name = entry.path().filename();
    if (domain::is_instance_name(name) && entry.is_directory(ignored)) found[name].has_files = true;
  }
  std::vector<Resident> residents;
  for (auto& [name, resident] : found) {
    resident.name = name;
    residents.push_back(std::move(resident));
  }
  return residents;
}

}  // namespace deskloom::fleet
