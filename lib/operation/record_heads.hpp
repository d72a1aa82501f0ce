#pragma once

#include "predict/heads/head.hpp"
#include "predict/heads/knowledge.hpp"

namespace deskloom::operation {

// The heads of a network, asked at any time of a record.
class RecordHeads {
 public:
  // All must outlive it.
  RecordHeads(const predict::ModelFile& file, const predict::ConnectNetwork& network,
              const predict::Dataset& dataset)
      : file_(file), knowledge_(network, dataset) {}

  // Empty: the network has no such head. Must not outlive this.
  predict::HeadAt at(const std::string& name, predict::HeadKind kind, std::size_t inputs);

 private:
  const predict::ModelFile& file_;
  predict::Knowledge knowledge_;
};

}  // namespace deskloom::operation
