#pragma once

#include <string>

#include "base/stream.hpp"
#include "guest/server/config.hpp"

namespace deskloom::guest {

// The guest's side of one conversation (grammar in guest/wire.hpp): greets, answers requests one after the
// other, returns when the host says bye or closes between two requests. Throws Error when the host breaks the
// protocol or closes in the middle of something.
void serve(base::Channel& channel, const std::string& nonce, const Config& config);

}  // namespace deskloom::guest
