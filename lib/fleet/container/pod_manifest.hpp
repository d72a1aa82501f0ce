#pragma once

#include "base/json.hpp"
#include "fleet/runtime.hpp"

namespace deskloom::fleet {

// Labels by which a pod is known as ours, and as which instance.
inline constexpr const char* managed_by_label = "app.kubernetes.io/managed-by";
inline constexpr const char* managed_by_us = "deskloom";
inline constexpr const char* instance_label = "deskloom.org/instance";
inline constexpr const char* home_label = "deskloom.org/home";        // home_of its directory's parent
inline constexpr const char* display_label = "deskloom.org/display";  // "vnc-5900"
inline constexpr const char* container_name = "desktop";
// Bits a second of a pod's own network, which a cluster with the CNI plugin "bandwidth" holds it to.
inline constexpr const char* ingress_annotation = "kubernetes.io/ingress-bandwidth";
inline constexpr const char* egress_annotation = "kubernetes.io/egress-bandwidth";
inline constexpr std::uint64_t bits_per_byte = 8;

// An instance_dir as a label can have it, by which installations tell their pods from one another's.
std::string home_of(const std::filesystem::path& instance_dir);

// Whether an image of that name can come from a registry; else it must be on the machine that runs it.
bool is_pulled(const std::string& image_reference);

// The instance as a Pod of Kubernetes' API v1, which Podman and kubectl take alike: one container, named
// after container_name, that has all of the allocation to itself and is not started again when it ends.
// Throws Error(usage) naming the instance when it cannot be one: the image is no container's, the name no DNS
// name (RFC 1123), nothing allocated, or a rate that no container can be held to.
base::Json pod_manifest(const InstanceSpec& spec);

}  // namespace deskloom::fleet
