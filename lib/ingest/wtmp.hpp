#pragma once

#include "base/stream.hpp"
#include "domain/usage.hpp"

namespace deskloom::ingest {

struct WtmpReport {
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;  // of an impossible time or user
};

// Logins and logouts of a wtmp file (utmp(5), as last(1) reads it): a user is connected while at least one of
// their logins lasts. A login ends by the logout on its line, the next login there, a shutdown or a boot. The
// file comes from the architecture that this program runs on; one that ends within a record is
// Error(usage).
WtmpReport read_wtmp(base::ByteSource& source, domain::UsageSink& sink);

}  // namespace deskloom::ingest
