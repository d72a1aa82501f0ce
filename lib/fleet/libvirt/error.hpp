#pragma once

#include <string>

#include "base/error.hpp"

namespace deskloom::fleet {

// libvirt prints errors on stderr by itself until this has run.
void silence_libvirt();

// This thread's last libvirt error: its virErrorNumber, 0 when there is none, and as an Error
// "what: libvirt's message".
int last_libvirt_code();
base::Error last_libvirt_error(const std::string& what, const std::string& hint = {});

}  // namespace deskloom::fleet
