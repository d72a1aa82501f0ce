#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "predict/heads/examples.hpp"

namespace deskloom::predict {

// What a network knows of users, as the examples number it.
struct KnowledgeRows {
  std::span<const float> values;
  std::size_t width = 0;
};

// Mean loss on what was held out: of choices and chances the log loss, of quantiles the pinball loss.
struct HeadScore {
  double loss = 0, base_loss = 0;
  double strength = 0;  // 0: there is no head, as it would not have been better
};

// Learns a head, and puts it into the model under that name when it is better than the base on what was held
// out, as strong as it is best there; upper quantiles are made to hold as often as they say (split conformal
// prediction, as MixtureCalibration). The same set and seed give the same head. Without examples of both
// kinds, there is none.
HeadScore train_head(const HeadSet& set, const KnowledgeRows& knowledge, const std::string& name,
                     std::uint64_t seed, ModelFile& model);

}  // namespace deskloom::predict
