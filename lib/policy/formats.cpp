#include "policy/formats.hpp"

#include <algorithm>
#include <filesystem>

#include "domain/gpu.hpp"
#include "domain/weekly_window.hpp"

namespace deskloom::policy {

// NUL would cut the string where it meets C.
bool is_not_empty(std::string_view text) {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

bool is_absolute(std::string_view text) { return is_not_empty(text) && text[0] == '/'; }

// A driver in this process needs a root of our making, which "embedded" gives it.
bool is_host_uri(std::string_view text) {
  if (text.find(":///embed") != std::string_view::npos) return false;
  return text == "embedded" || (is_not_empty(text) && text.find(":/") != std::string_view::npos);
}

bool is_accelerator(std::string_view text) { return text == "auto" || text == "kvm" || text == "tcg"; }

bool is_engine(std::string_view text) {
  return text == "libvirt" || text == "podman" || text == "kubernetes";
}

bool is_kube_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_special_file(std::string_view text) { return text == "fifo" || text == "device"; }

bool is_scale_metric(std::string_view text) {
  return text == "cpu" || text == "memory" || text == "network" || text == "storage" || text == "instances";
}

bool is_scaled_thing(std::string_view text) {
  return text == "cpus" || text == "memory" || text == "instances";
}

bool is_encryption(std::string_view text) { return text == "none" || text == "aes-256-gcm"; }

bool is_ghost_mode(std::string_view text) { return text == "booted" || text == "paused" || text == "saved"; }

bool is_network(std::string_view text) {
  if (text == "none" || text == "user") return true;
  for (const std::string_view kind : {"bridge:", "network:"}) {
    if (text.starts_with(kind)) return base::is_valid_name(text.substr(kind.size()));
  }
  return false;
}

bool is_gpu(std::string_view text) { return domain::parse_gpu(std::string(text)).has_value(); }

bool is_scheduled_ghosts(std::string_view text) { return domain::parse_scheduled_ghosts(text).has_value(); }

bool is_weekdays(std::string_view text) { return domain::parse_weekdays(text).has_value(); }

bool is_time_of_day(std::string_view text) { return domain::parse_time_of_day(text).has_value(); }

bool stays_below(std::string_view text) {
  if (!is_not_empty(text) || text[0] == '/') return false;
  const std::filesystem::path path(text);
  return std::find(path.begin(), path.end(), "..") == path.end();
}

bool is_dconf_directory(std::string_view text) {
  return is_absolute(text) && text.back() == '/' && text.find("//") == std::string_view::npos;
}

}  // namespace deskloom::policy
