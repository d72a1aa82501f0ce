#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/runtime.hpp"

namespace deskloom::fleet {

enum class PodPhase { waiting, running, paused, ended };

struct PodStatus {
  std::string name;
  PodPhase phase = PodPhase::waiting;
  bool is_ours = false;
  std::string home;                   // home_label
  bool is_hopeless = false;           // it waits for what will not come: an image that is not there
  std::string detail;                 // why it waits or has ended, as the engine says it; may be empty
  std::string address;                // at which it is reached; empty: the host's own, or not known
  std::optional<Display> display;     // its protocol and port, as labelled
  std::uint64_t network_bytes_s = 0;  // as annotated, by kubectl's list alone; 0: not limited
};

// What "podman pod ps --format json" and "kubectl get pods --output json" print (a list, or one pod, or
// nothing at all). All of it is untrusted: throws Error(failed) naming the program when it is not that.
std::vector<PodStatus> parse_podman_pods(std::string_view text);
std::vector<PodStatus> parse_kubectl_pods(std::string_view text);

// What "podman info" and "kubectl version" with "kubectl get nodes" print, as JSON. A cluster has the
// processors and memory of all its nodes that can be allocated. nodes: empty when they may not be asked for.
HostFacts parse_podman_info(std::string_view text);
HostFacts parse_cluster(std::string_view version, std::string_view nodes);

}  // namespace deskloom::fleet
