#include "doctor/checks.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

#include "base/error.hpp"
#include "base/search_path.hpp"
#include "base/text.hpp"
#include "fleet/image.hpp"
#include "operation/standing.hpp"
#include "persona/guest_session.hpp"
#include "predict/trainer.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

constexpr std::size_t max_reason = 120;  // QEMU's own words go on for lines
constexpr std::uint64_t low_space_bytes = 2ULL << 30;

// Runs one check; an Error becomes its failure.
Finding attempt(const std::string& check, const std::function<Finding()>& examine_one) {
  try {
    return examine_one();
  } catch (const base::Error& e) {
    return {check, Verdict::failure, e.what(), e.hint()};
  }
}

Finding check_policy(frame::Context& context) {
  const auto& files = context.policy().files;
  if (files.empty()) return {"policy", Verdict::ok, "built-in defaults (no policy file)", ""};
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.string());
  return {"policy", Verdict::ok, base::join(names, ", "), ""};
}

std::filesystem::path existing_parent(std::filesystem::path path) {
  while (!path.empty() && !std::filesystem::exists(path)) path = path.parent_path();
  return path;
}

Finding check_directory(frame::Context& context) {
  const auto& directory = context.policy().state_dir;
  const auto there = existing_parent(directory);
  if (::access(there.c_str(), W_OK) != 0) {
    return {"state directory", Verdict::failure, directory.string() + " cannot be written",
            "change its owner, or choose another with --state-dir"};
  }
  const auto free_bytes = std::filesystem::space(there).available;
  const std::string detail = directory.string() + ", " + base::human_size(free_bytes) + " free";
  if (free_bytes < low_space_bytes) {
    return {"state directory", Verdict::warning, detail, "free space there: captures stop when it is full"};
  }
  return {"state directory", Verdict::ok, detail, ""};
}

Finding check_state(frame::Context& context) {
  const auto problems = context.state().check();
  if (problems.empty()) return {"state store", Verdict::ok, context.state_file().string(), ""};
  return {"state store", Verdict::failure, problems.front().object + ": " + problems.front().problem,
          problems.front().fix};
}

Finding check_snapshots(frame::Context& context) {
  const auto count = context.snapshots().ids().size();
  const bool is_encrypted = context.snapshot_root().seal->is_encrypted();
  const std::string detail = context.policy().snapshot_store.string() + ", " + std::to_string(count) +
                             " snapshots" + (is_encrypted ? ", encrypted" : "");
  if (context.policy().store.encryption != "none" && !is_encrypted) {
    return {"snapshot store", Verdict::warning, detail + ", not encrypted as policy wants it",
            "make a new one: name another directory as snapshot_store, and run 'deskloom init'"};
  }
  return {"snapshot store", Verdict::ok, detail, ""};
}

Finding check_image(frame::Context& context, const policy::Pool& pool) {
  const auto image = fleet::load_image(context.policy().image_dir, pool.image);
  return {"image of pool " + pool.name, Verdict::ok,
          image.name + " in " + context.policy().image_dir.string(), ""};
}

Finding check_program(const std::string& program, const std::string& package) {
  if (base::is_in_path(program)) return {program, Verdict::ok, "found", ""};
  return {program, Verdict::failure, "is not in PATH",
          "install the package " + package + " (or run scripts/install-deps)"};
}

// Desktops come without it, only later.
Finding check_nbdkit() {
  if (base::is_in_path("nbdkit")) return {"nbdkit", Verdict::ok, "found", ""};
  return {"nbdkit", Verdict::warning,
          "is not in PATH: persona volumes cannot be served from the snapshot store",
          "install the package nbdkit (or run scripts/install-deps)"};
}

std::set<std::string> engines(const policy::Policy& policy) {
  std::set<std::string> engines;
  for (const auto& [name, host] : policy.hosts) engines.insert(host.engine);
  return engines;
}

Finding check_helper() {
  static_cast<void>(persona::GuestHelper::locate());
  return {"guest helper", Verdict::ok, "found", ""};
}

Finding check_forecasts(frame::Context& context) {
  if (!std::filesystem::exists(context.policy().forecast_file()))
    return {"forecasts", Verdict::ok, "none are made", ""};
  const forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::read);
  const auto standing = operation::model_standing(store, users_clock(context.policy()), context.policy(),
                                                  context.clock().now());
  const std::string detail = standing.model.value_or("habits alone") + ": " + standing.verdict;
  if (!standing.connects.has_drifted) return {"forecasts", Verdict::ok, detail, ""};
  return {"forecasts", Verdict::warning, detail,
          "'deskloom predict train --if-drifted --promote' learns from what has changed since"};
}

// Debian's LibTorch does not bring a fast BLAS, but uses the one that there is.
bool has_fast_blas() {
  std::error_code ignored;
  for (const auto& directory : std::filesystem::directory_iterator("/usr/lib", ignored)) {
    const auto blas = std::filesystem::canonical(directory.path() / "libblas.so.3", ignored);
    if (!ignored && blas.string().find("openblas") != std::string::npos) return true;
  }
  return false;
}

Finding check_networks() {
  if (!trainer_program()) {
    return {"networks", Verdict::warning, "deskloom-predict was not built, for want of LibTorch",
            "forecasts do without; to train networks, run scripts/install-deps --with-torch and build anew"};
  }
  if (!has_fast_blas()) {
    return {"networks", Verdict::warning, "deskloom-predict is there, but OpenBLAS is not",
            "training takes some times as long: install the package libopenblas0-pthread"};
  }
  return {"networks", Verdict::ok, "deskloom-predict and OpenBLAS are there", ""};
}

// The programs that hosts of such an engine are managed with.
std::vector<Finding> check_programs(const std::string& engine) {
  if (engine == "podman") return {check_program("podman", "podman")};
  if (engine == "kubernetes") return {check_program("kubectl", "kubernetes-client")};
  return {check_program("qemu-system-x86_64", "qemu-system-x86"), check_program("qemu-img", "qemu-utils"),
          check_nbdkit()};
}

Finding check_container_host(const std::string& host, const fleet::HostFacts& facts) {
  return {"host " + host, Verdict::ok, facts.hypervisor + ": " + facts.accelerator_reason, ""};
}

Finding check_host(frame::Context& context, const policy::Host& host) {
  const auto facts = context.open_host(host.name).probe();
  if (host.engine != "libvirt") return check_container_host(host.name, facts);
  Finding finding{"host " + host.name, Verdict::ok,
                  facts.hypervisor + ", libvirt " + facts.libvirt + ", " + facts.accelerator + ": " +
                      facts.accelerator_reason.substr(0, max_reason),
                  ""};
  if (facts.accelerator != "kvm") {
    finding.verdict = Verdict::warning;
    finding.fix =
        "guests run, but about ten times slower than with KVM; enable virtualisation in firmware and give "
        "this user access to /dev/kvm";
  }
  return finding;
}

}  // namespace

std::vector<Finding> examine(frame::Context& context) {
  std::vector<Finding> findings{attempt("policy", [&] { return check_policy(context); })};
  if (findings.back().verdict == Verdict::failure) return findings;
  findings.push_back(attempt("state directory", [&] { return check_directory(context); }));
  findings.push_back(attempt("state store", [&] { return check_state(context); }));
  findings.push_back(attempt("snapshot store", [&] { return check_snapshots(context); }));
  for (const auto& pool : context.policy().pools) {
    findings.push_back(
        attempt("image of pool " + pool.first, [&] { return check_image(context, pool.second); }));
  }
  for (const std::string& engine : engines(context.policy())) {
    for (auto& finding : check_programs(engine)) findings.push_back(std::move(finding));
  }
  findings.push_back(attempt("guest helper", check_helper));
  findings.push_back(attempt("forecasts", [&] { return check_forecasts(context); }));
  findings.push_back(attempt("networks", check_networks));
  for (const auto& host : context.policy().hosts) {
    findings.push_back(attempt("host " + host.first, [&] { return check_host(context, host.second); }));
  }
  return findings;
}

}  // namespace deskloom::cmd
