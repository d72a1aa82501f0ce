#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/random.hpp"
#include "fleet/runtime.hpp"
#include "guest/client.hpp"
#include "policy/policy.hpp"

namespace deskloom::persona {

// The static helper program that runs inside guests. It is pushed into a guest once, under a name made of its
// content's hash, so that host and guest always speak the same protocol and an image needs nothing but the
// QEMU guest agent.
class GuestHelper {
 public:
  // Found beside this program, in ../libexec/deskloom, or where DESKLOOM_GUEST_HELPER says. Throws
  // Error(failed).
  static GuestHelper locate();

  explicit GuestHelper(const std::filesystem::path& file);
  // Idempotent: nothing is sent when the guest has this very helper already.
  void install(fleet::Runtime& runtime, const std::string& instance) const;
  // Starts the helper and shakes hands over the instance's channel. Installs it first when
  // missing.
  std::unique_ptr<guest::Client> connect(fleet::Runtime& runtime, const std::string& instance,
                                         base::Random& random, const guest::Limits& limits) const;

 private:
  std::filesystem::path file_;
  std::string path_in_guest_;
};

// The policy's limits on what one guest may send.
guest::Limits limits_of(const policy::Capture& capture);

}  // namespace deskloom::persona
