#pragma once

#include <string_view>

#include "base/text.hpp"

// What strings in policy must look like.
namespace deskloom::policy {

struct Format {
  std::string_view description;  // "an absolute path": completes "'state_dir' must be …"
  bool (*accepts)(std::string_view text);
};

bool is_not_empty(std::string_view text);
bool is_absolute(std::string_view text);
bool is_host_uri(std::string_view text);
bool is_accelerator(std::string_view text);
bool is_engine(std::string_view text);
// A DNS label, as Kubernetes names namespaces: RFC 1123.
bool is_kube_name(std::string_view text);
bool stays_below(std::string_view text);
bool is_dconf_directory(std::string_view text);
bool is_encryption(std::string_view text);
bool is_special_file(std::string_view text);
bool is_ghost_mode(std::string_view text);
bool is_network(std::string_view text);
bool is_gpu(std::string_view text);
bool is_scheduled_ghosts(std::string_view text);
bool is_weekdays(std::string_view text);
bool is_time_of_day(std::string_view text);
bool is_scale_metric(std::string_view text);
bool is_scaled_thing(std::string_view text);

inline constexpr Format any_text{"a string that is not empty", is_not_empty};
inline constexpr Format absolute_path{"an absolute path", is_absolute};
inline constexpr Format object_name{"a name of letters, digits, '-', '_' and '.'", base::is_valid_name};
inline constexpr Format host_uri{"\"embedded\" or the URI of a libvirt daemon", is_host_uri};
inline constexpr Format accelerator{R"("auto", "kvm" or "tcg")", is_accelerator};
inline constexpr Format engine{R"("libvirt", "podman" or "kubernetes")", is_engine};
inline constexpr Format kube_name{"a name of lower-case letters, digits and '-', at most 63", is_kube_name};
inline constexpr Format home_path{"a path below the home, without \"..\"", stays_below};
inline constexpr Format dconf_directory{"a dconf directory such as \"/org/gnome/\"", is_dconf_directory};
inline constexpr Format special_file{R"("fifo" or "device")", is_special_file};
inline constexpr Format ghost_mode{R"("booted", "paused" or "saved")", is_ghost_mode};
inline constexpr Format network{R"("none", "user", "bridge:NAME" or "network:NAME")", is_network};
inline constexpr Format gpu{R"("pci:0000:3b:00.0" or "mdev:UUID", in small letters)", is_gpu};
inline constexpr Format scheduled_ghosts{"days, times and a number, such as \"Mon-Fri 07:30-10:00 12\"",
                                         is_scheduled_ghosts};
inline constexpr Format weekdays{"days, such as \"Mon-Fri\" or \"Sat,Sun\"", is_weekdays};
inline constexpr Format time_of_day{"a time from \"00:00\" to \"24:00\"", is_time_of_day};
inline constexpr Format scale_metric{R"("cpu", "memory", "network", "storage" or "instances")",
                                     is_scale_metric};
inline constexpr Format scaled_thing{R"("cpus", "memory" or "instances")", is_scaled_thing};
inline constexpr Format encryption{R"("none" or "aes-256-gcm")", is_encryption};

}  // namespace deskloom::policy
