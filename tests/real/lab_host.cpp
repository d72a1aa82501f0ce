#include "real/lab_host.hpp"

#include <unistd.h>

#include "base/process.hpp"
#include "support/catch.hpp"

namespace deskloom::test {

bool lab_works() {
  if (::geteuid() != 0) {
    WARN("skipped: scripts/lab needs root");
    return false;
  }
  // In a chroot whose root is no mount point, no mount namespace can be made private.
  if (base::run_process({"unshare", "-m", "true"}).exit_code != 0) {
    WARN("skipped: this machine cannot make a mount namespace for scripts/lab");
    return false;
  }
  return true;
}

LabHost::LabHost(const std::filesystem::path& directory) : directory_(directory) {
  base::ProcessOptions options;
  options.timeout = std::chrono::seconds(120);
  const auto up = base::run_process({DESKLOOM_LAB, "up", "1", directory_}, options);
  INFO(up.err);
  REQUIRE(up.exit_code == 0);
  uri_ = up.out.substr(0, up.out.find('\n'));
}

LabHost::~LabHost() { base::run_process({DESKLOOM_LAB, "down", directory_}); }

}  // namespace deskloom::test
