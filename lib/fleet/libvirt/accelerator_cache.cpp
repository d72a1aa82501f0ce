#include "fleet/libvirt/accelerator_cache.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"

namespace deskloom::fleet {
namespace {

// {"version": 1, "boot_id": "…", "proofs": {KEY: {"accelerator": "tcg", "reason": "…"}}}
constexpr const char* file_name = "accelerators.json";

base::Json read_proofs(const std::filesystem::path& directory, const std::string& boot_id) {
  try {
    const auto json = base::parse_json(base::read_file(directory / file_name, 1 << 20), file_name);
    const auto member = [&](const char* key) {
      return json.is_object() ? json.value(key, base::Json()) : base::Json();
    };
    const bool current =
        member("version") == 1 && member("boot_id") == boot_id && member("proofs").is_object();
    if (current) return json["proofs"];
  } catch (const base::Error&) {
    // Missing or damaged: it is only a cache, and proving again mends it.
  }
  return base::Json::object();
}

}  // namespace

AcceleratorCache::AcceleratorCache(std::filesystem::path directory, std::string boot_id, std::string key)
    : directory_(std::move(directory)), boot_id_(std::move(boot_id)), key_(std::move(key)) {}

std::optional<AcceleratorVerdict> AcceleratorCache::recall() const {
  if (directory_.empty()) return std::nullopt;
  const auto proofs = read_proofs(directory_, boot_id_);
  const auto found = proofs.find(key_);
  if (found == proofs.end() || !found->is_object()) return std::nullopt;
  const auto accelerator = found->value("accelerator", base::Json());
  const auto reason = found->value("reason", base::Json());
  if ((accelerator != "kvm" && accelerator != "tcg") || !reason.is_string()) return std::nullopt;
  return AcceleratorVerdict{accelerator.get<std::string>(), reason.get<std::string>()};
}

void AcceleratorCache::remember(const AcceleratorVerdict& verdict) const {
  if (directory_.empty()) return;
  base::make_private_directories(directory_);
  auto proofs = read_proofs(directory_, boot_id_);
  proofs[key_] = {{"accelerator", verdict.accelerator}, {"reason", verdict.reason}};
  base::write_file_durably(directory_ / file_name,
                           base::Json{{"version", 1}, {"boot_id", boot_id_}, {"proofs", proofs}}.dump(2));
}

}  // namespace deskloom::fleet
