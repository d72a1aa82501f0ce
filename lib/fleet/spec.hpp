#pragma once

#include "fleet/runtime.hpp"

namespace deskloom::fleet {

// Throws Error(usage) naming the instance and what is wrong with what is asked: a name that is no file or
// domain name, a relative directory, no processor, less memory than the image needs, a half kernel boot.
void check_spec(const InstanceSpec& spec);

// The part of it that goes for containers too: name, directory, processors and memory.
void check_allocation(const InstanceSpec& spec);

// Refuses a directory whose removal could take more than one instance's files with it.
void check_instance_directory(const std::string& name, const std::filesystem::path& directory);

}  // namespace deskloom::fleet
