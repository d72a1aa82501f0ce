#include "operation/stitch.hpp"

#include "operation/modes.hpp"
#include "operation/power.hpp"
#include "operation/volumes.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {

using domain::InstanceState;

base::Json stitch_parameters(const std::optional<std::string>& snapshot_id,
                             const std::optional<std::string>& volume) {
  const auto id_or_null = [](const auto& id) { return id ? base::Json(*id) : base::Json(); };
  return {{"snapshot", id_or_null(snapshot_id)}, {"volume", id_or_null(volume)}, {"result", base::Json()}};
}

StitchWork::StitchWork(const World& world, const domain::Operation& operation)
    : world_(world),
      operation_(operation),
      instance_(world.state.instances.get(operation.instance)),
      user_(operation.user.value_or("")) {
  const auto parameters = base::parse_json(operation.parameters, "operation " + operation.id);
  if (parameters.at("snapshot").is_string()) snapshot_id_ = parameters.at("snapshot").get<std::string>();
  // Operations of before had none.
  if (parameters.contains("volume") && parameters["volume"].is_string())
    volume_ = parameters["volume"].get<std::string>();
  if (parameters.at("result").is_object()) result_ = persona::apply_result_from_json(parameters.at("result"));
}

std::vector<Step> StitchWork::steps() {
  std::vector<Step> steps{{"wake", [this] { wake(world_, world_.state.instances.get(instance_.name)); }},
                          {"check-account", [this] { check_account(); }}};
  if (volume_) {
    steps.push_back({"attach-volume", [this] { attach(); }});
    steps.push_back({"mount-volume", [this] { mount_volume(world_, instance_); }});
    if (snapshot_id_)
      steps.push_back({"read-ahead", [this] { read_ahead(world_, instance_, user_, *snapshot_id_); }});
  }
  if (snapshot_id_) {
    steps.push_back({"restore-files", [this] { restore_files(); }});
    steps.push_back({"apply-settings", [this] { apply_settings(); }});
    steps.push_back({"launch-applications", [this] { launch_applications(); }});
  }
  if (!started_by_mode(world_, user_).empty())
    steps.push_back({"start-applications", [this] { start_applications(); }});
  steps.push_back({"mark-available", [this] { mark_available(); }});
  return steps;
}

guest::Client& StitchWork::client() {
  if (!client_) client_ = world_.connect(world_.host(instance_.host), instance_.name);
  return *client_;
}

const snapshot::Snapshot& StitchWork::snapshot() {
  if (!snapshot_) snapshot_ = world_.snapshots().get(*snapshot_id_);
  return *snapshot_;
}

const persona::Profile& StitchWork::profile() {
  if (!profile_) profile_ = persona::load_profile(world_.snapshots(), snapshot());
  return *profile_;
}

void StitchWork::check_account() { client().report(user_, {}, {}); }

// Its user was not on record when the instance was read.
void StitchWork::attach() { attach_volume(world_, world_.state.instances.get(instance_.name), *volume_); }

void StitchWork::restore_files() {
  persona::apply_files(client(), user_, world_.snapshots(), snapshot(), world_.policy.capture, result_,
                       world_.progress);
  save_result();
}

void StitchWork::apply_settings() {
  persona::apply_settings(client(), profile(), result_);
  save_result();
}

void StitchWork::launch_applications() {
  persona::launch_applications(client(), profile(), world_.policy, result_);
  save_result();
}

void StitchWork::start_applications() {
  persona::start_applications(client(), user_, started_by_mode(world_, user_), result_);
  save_result();
}

void StitchWork::save_result() const {
  auto parameters = stitch_parameters(snapshot_id_, volume_);
  parameters["result"] = persona::to_json(result_);
  world_.state.operations.set_parameters(operation_.id, parameters.dump());
}

void StitchWork::mark_available() {
  if (world_.state.instances.get(instance_.name).state != InstanceState::stitching) return;
  auto transaction = world_.state.transaction();
  if (snapshot_id_) world_.state.instances.set_snapshot(instance_.name, *snapshot_id_);
  world_.state.instances.transition(instance_.name, InstanceState::stitching,
                                    InstanceState::persona_applied_available, "persona applied",
                                    operation_.id, world_.clock.now());
  transaction.commit();
}

void StitchWork::undo(const base::Error& why) {
  world_.state.instances.transition(instance_.name, InstanceState::stitching, InstanceState::failed,
                                    why.what(), operation_.id, world_.clock.now());
}

}  // namespace deskloom::operation
