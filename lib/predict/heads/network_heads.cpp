#include "predict/heads/network_heads.hpp"

#include "predict/heads/applications.hpp"
#include "predict/heads/lengths.hpp"
#include "predict/heads/places.hpp"
#include "predict/heads/resources.hpp"

namespace deskloom::predict {

NetworkHeads::NetworkHeads(const ModelFile& file, const ConnectNetwork& network) {
  const auto head = [&](const std::string& name, HeadKind kind, std::size_t inputs) {
    return Head::in(file, name, kind, network.knowledge_width(), inputs);
  };
  length = head(length_head, HeadKind::quantiles, length_head_inputs);
  places = head(place_head, HeadKind::choice, place_head_inputs);
  next_application = head(next_application_head, HeadKind::choice, next_application_head_inputs);
  use = head(use_head, HeadKind::chance, use_head_inputs);
  for (const auto& [metric, name] : domain::metric_names) {
    resources[static_cast<std::size_t>(metric)] =
        head(resource_head(std::string(name)), HeadKind::quantiles, resource_head_inputs);
  }
}

HeadAt RecordHeads::at(const std::optional<Head>& head) {
  if (!head) return {};
  return [this, &head](const std::string& user, std::int64_t time_s) {
    return HeadOfUser{*head, head->context(knowledge_.values(knowledge_.row(user, time_s)))};
  };
}

}  // namespace deskloom::predict
