#pragma once

#include <array>
#include <optional>

#include "domain/usage.hpp"
#include "predict/heads/head.hpp"
#include "predict/heads/knowledge.hpp"

namespace deskloom::predict {

// The heads that a network has.
struct NetworkHeads {
  std::optional<Head> length, places, next_application, use;
  std::array<std::optional<Head>, domain::metric_count> resources;

  NetworkHeads() = default;
  // file: the network's. Throws Error(corrupt) when one of them is not whole.
  NetworkHeads(const ModelFile& file, const ConnectNetwork& network);
};

// Heads as they would have been asked at any time of a record.
class RecordHeads {
 public:
  // Both must outlive it.
  RecordHeads(const ModelFile& file, const ConnectNetwork& network, const Dataset& dataset)
      : heads_(file, network), knowledge_(network, dataset) {}

  const NetworkHeads& heads() const { return heads_; }
  // head: one of these. Empty when there is none; must not outlive this.
  HeadAt at(const std::optional<Head>& head);

 private:
  NetworkHeads heads_;
  Knowledge knowledge_;
};

}  // namespace deskloom::predict
