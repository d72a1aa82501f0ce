#pragma once

#include <memory>
#include <optional>
#include <string>

#include "operation/journal.hpp"
#include "persona/apply.hpp"

namespace deskloom::operation {

// Gives a persona to an instance that was reserved for its user (SPEC A7): its volume (A8), files, settings,
// applications, then persona-applied-available. A user without a snapshot gets the image's own home. A
// failure leaves the instance failed: it may hold parts of a persona and can never be handed to another user.
class StitchWork : public Work {
 public:
  StitchWork(const World& world, const domain::Operation& operation);
  std::vector<Step> steps() override;
  void undo(const base::Error& why) override;
  const persona::ApplyResult& result() const { return result_; }

 private:
  guest::Client& client();
  const snapshot::Snapshot& snapshot();
  const persona::Profile& profile();
  void check_account();
  void attach();
  void restore_files();
  void apply_settings();
  void launch_applications();
  void start_applications();
  void mark_available();
  void save_result() const;

  const World& world_;
  domain::Operation operation_;
  domain::Instance instance_;
  std::string user_;
  std::optional<std::string> snapshot_id_, volume_;
  std::optional<snapshot::Snapshot> snapshot_;
  std::optional<persona::Profile> profile_;
  std::unique_ptr<guest::Client> client_;
  persona::ApplyResult result_;
};

// What a stitch needs to know to be run again: goes into the journal. volume: the snapshot whose volume is
// attached.
base::Json stitch_parameters(const std::optional<std::string>& snapshot_id,
                             const std::optional<std::string>& volume);

}  // namespace deskloom::operation
