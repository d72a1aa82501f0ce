#include "persona/guest_session.hpp"

#include <array>
#include <cstdlib>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "snapshot/hash.hpp"

namespace deskloom::persona {
namespace {

constexpr std::chrono::milliseconds exec_timeout{30'000};
constexpr std::chrono::milliseconds channel_timeout{30'000};
constexpr std::uint64_t max_helper_bytes = 32 << 20;

// Not below /run or /tmp: systemd and hardened images mount those noexec.
constexpr const char* guest_directory = "/var/lib/deskloom";

std::filesystem::path own_directory() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace

GuestHelper GuestHelper::locate() {
  if (const char* set = std::getenv("DESKLOOM_GUEST_HELPER"); set != nullptr && *set != '\0')
    return GuestHelper(set);
  const auto own = own_directory();
  const std::array candidates{own / "deskloom-guest", own / ".." / "libexec" / "deskloom" / "deskloom-guest"};
  for (const auto& candidate : candidates) {
    if (std::filesystem::exists(candidate)) return GuestHelper(candidate);
  }
  throw base::Error(base::ErrorKind::failed,
                    "the guest helper deskloom-guest is neither beside this program nor in " +
                        candidates.back().lexically_normal().string(),
                    "install it there, or set DESKLOOM_GUEST_HELPER to its path");
}

GuestHelper::GuestHelper(const std::filesystem::path& file) : file_(file) {
  const auto digest =
      snapshot::to_hex(snapshot::sha256(snapshot::as_bytes(base::read_file(file_, max_helper_bytes))));
  path_in_guest_ = std::string(guest_directory) + "/deskloom-guest." + digest.substr(0, 16);
}

void GuestHelper::install(fleet::Runtime& runtime, const std::string& instance) const {
  const std::string prepare =
      "[ -x " + path_in_guest_ + " ] || { mkdir -p -m 0755 " + guest_directory + "; exit 9; }";
  const auto present = runtime.exec(instance, {"/bin/sh", "-c", prepare}, exec_timeout);
  if (present.exit_code == 0) return;
  runtime.write_file(instance, path_in_guest_ + ".new", base::read_file(file_, max_helper_bytes));
  const std::string finish = "chmod 0755 " + path_in_guest_ + ".new && mv -f " + path_in_guest_ + ".new " +
                             path_in_guest_ + " && " + path_in_guest_ + " --version";
  const auto finished = runtime.exec(instance, {"/bin/sh", "-c", finish}, exec_timeout);
  if (finished.exit_code != 0) {
    throw base::Error(base::ErrorKind::guest,
                      "cannot run the guest helper in " + instance + ": " + finished.err.substr(0, 500),
                      "the guest must run Linux on this machine's architecture, with " +
                          std::string(guest_directory) + " writable and not mounted noexec");
  }
}

std::unique_ptr<guest::Client> GuestHelper::connect(fleet::Runtime& runtime, const std::string& instance,
                                                    base::Random& random, const guest::Limits& limits) const {
  install(runtime, instance);
  const std::string nonce = random.hex(32);
  auto channel = runtime.start_helper(instance, {path_in_guest_, "serve", "--nonce", nonce}, channel_timeout);
  return std::make_unique<guest::Client>(std::move(channel), nonce, limits);
}

guest::Limits limits_of(const policy::Capture& capture) {
  guest::Limits limits;
  limits.max_nodes = capture.max_files;
  limits.max_bytes = capture.max_bytes;
  limits.total_time = std::chrono::seconds(capture.timeout_s);
  return limits;
}

}  // namespace deskloom::persona
