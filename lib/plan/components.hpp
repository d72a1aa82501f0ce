#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

// Where the components of an application go (SPEC F1).
namespace deskloom::plan {

// What a component asks of its host. Names are of components that are placed with it.
struct ComponentWish {
  std::string name;
  bool is_container = false;
  std::uint64_t memory_bytes = 0;
  std::vector<std::string> apart_from;
  std::vector<std::string> together_with;
  bool needs_cluster = false;  // a container with a rate or GPUs, which no other host gives one
};

struct ComponentHost {
  std::string name;
  bool runs_containers = false;                    // else virtual machines
  std::optional<std::uint64_t> free_memory_bytes;  // unset: not found out, which counts as enough
  int instances = 0;
  bool is_cluster = false;
};

struct ComponentPlace {
  std::string component;
  std::string host;
};

struct ComponentPlacement {
  std::vector<ComponentPlace> places;  // as the components are listed
  std::string problem;                 // why there is no placement; empty: there is one
};

// A host for each component, such that all their wishes hold: of its kind, with memory for all that go there,
// together and apart. Hosts with fewer instances are tried first, then by name. A problem is said when no
// placement was found among the first 100,000 that were tried.
ComponentPlacement place_components(std::span<const ComponentWish> wishes,
                                    std::span<const ComponentHost> hosts);

// Where one of them could go, all others staying where they are: as it and they wish, not where it is.
// nullopt: nowhere.
std::optional<std::string> place_elsewhere(std::span<const ComponentWish> wishes,
                                           std::span<const ComponentPlace> places,
                                           const std::string& component,
                                           std::span<const ComponentHost> hosts);

}  // namespace deskloom::plan
