#include "fleet/libvirt/volume.hpp"

#include "base/text.hpp"
#include "fleet/libvirt/background_copy.hpp"
#include "fleet/libvirt/backup_job.hpp"
#include "fleet/libvirt/backup_xml.hpp"
#include "fleet/libvirt/checkpoints.hpp"
#include "fleet/libvirt/frozen_guest.hpp"
#include "fleet/libvirt/volume_reading.hpp"

namespace deskloom::fleet {
namespace {

void check_request(const std::string& instance, const VolumeRequest& request) {
  const auto complain = [&](const std::string& complaint) {
    throw base::Error(base::ErrorKind::usage, "instance " + instance + ": " + complaint);
  };
  if (!base::is_valid_name(request.new_checkpoint)) {
    complain("\"" + base::printable(request.new_checkpoint) + "\" is no name for a checkpoint");
  }
  if (request.since_checkpoint == request.new_checkpoint) {
    complain("checkpoint " + request.new_checkpoint + " cannot follow itself");
  }
}

// The disk of a running instance, as it was when its backup began.
class RunningVolume : public NbdVolume {
 public:
  RunningVolume(const std::string& name, VolumeFacts facts, Checkpoints checkpoints, std::string checkpoint,
                std::unique_ptr<HeldCopy> copy, std::unique_ptr<BackupJob> job)
      : NbdVolume(name, std::move(facts)),
        copy_(std::move(copy)),
        checkpoints_(std::move(checkpoints)),
        checkpoint_(std::move(checkpoint)),
        job_(std::move(job)) {}
  RunningVolume(const RunningVolume&) = delete;
  RunningVolume& operator=(const RunningVolume&) = delete;
  ~RunningVolume() override {
    client().close();
    job_.reset();
    if (!kept_) forget_checkpoint();
  }

  // Apart from the constructor, so that the destructor cleans up when it fails.
  void connect(const std::string& target) {
    client().connect(job_->socket(), target, facts().incremental ? exported_bitmap(target) : "");
    look();
  }

  void keep_checkpoint() override {
    checkpoints_.keep_only(checkpoint_);
    kept_ = true;
  }

 private:
  void forget_checkpoint() {
    try {
      checkpoints_.remove(checkpoint_);
    } catch (const base::Error&) {
      // The next capture deletes it, because it is not the one that is asked from.
    }
  }

  std::unique_ptr<HeldCopy> copy_;  // goes on when all else is gone
  Checkpoints checkpoints_;
  std::string checkpoint_;
  std::unique_ptr<BackupJob> job_;
  bool kept_ = false;
};

// One capture's way from the request to a backup that runs.
class Beginning {
 public:
  Beginning(std::shared_ptr<Connection> connection, const std::string& instance, const VolumeRequest& request)
      : connection_(std::move(connection)),
        instance_(instance),
        request_(request),
        disk_(find()),
        checkpoints_(*connection_, instance_, disk_.target) {}

  std::unique_ptr<VolumeReading> open() {
    require_same_machine(*connection_);
    end_stale_backup(*connection_, instance_, disk_);
    facts_.incremental = choose_mode();
    checkpoints_.keep_only(facts_.incremental ? request_.since_checkpoint : "");
    auto copy = std::make_unique<HeldCopy>(connection_, instance_, disk_.target);
    auto job = begin_after_cleaning();
    auto volume = std::make_unique<RunningVolume>("disk " + disk_.target + " of instance " + instance_,
                                                  facts_, std::move(checkpoints_), request_.new_checkpoint,
                                                  std::move(copy), std::move(job));
    volume->connect(disk_.target);
    return volume;
  }

 private:
  LiveDisk find() const {
    try {
      return find_disk(live_xml(connection_->get(instance_).get(), instance_), request_.disk);
    } catch (const base::Error& error) {
      throw error.with_context("instance " + instance_);
    }
  }

  std::string since() const {
    return facts_.incremental ? checkpoints_.whole_name(request_.since_checkpoint) : "";
  }

  bool choose_mode() {
    const auto& since = request_.since_checkpoint;
    if (since.empty()) {
      facts_.mode = "full scan: no earlier checkpoint";
    } else if (!checkpoints_.has(since)) {
      facts_.mode = "full scan: the dirty bitmap since " + base::printable(since) +
                    " was lost, because host " + connection_->host() + " has no such checkpoint of disk " +
                    disk_.target + " of instance " + instance_;
    } else {
      facts_.mode = "dirty bitmap since " + since;
      return true;
    }
    return false;
  }

  std::unique_ptr<BackupJob> begin_after_cleaning() {
    try {
      return begin_or_fall_back();
    } catch (const base::Error&) {
      if (!remove_orphaned_backup(*connection_, instance_, disk_, since())) throw;
    }
    return begin_or_fall_back();
  }

  std::unique_ptr<BackupJob> begin_or_fall_back() {
    if (!facts_.incremental) return begin();
    try {
      return begin();
    } catch (const CheckpointLost& lost) {
      facts_.incremental = false;
      facts_.mode =
          "full scan: the dirty bitmap since " + request_.since_checkpoint + " was lost: " + lost.what();
      checkpoints_.keep_only("");
    }
    return begin();
  }

  std::unique_ptr<BackupJob> begin() {
    FrozenGuest guest(*connection_, instance_);
    auto job = std::make_unique<BackupJob>(connection_, instance_, disk_, since(),
                                           checkpoints_.whole_name(request_.new_checkpoint));
    guest.thaw();
    facts_.frozen = guest.was_frozen();
    facts_.not_frozen = guest.why_not();
    facts_.frozen_ms = guest.frozen_ms();
    return job;
  }

  std::shared_ptr<Connection> connection_;
  const std::string& instance_;
  const VolumeRequest& request_;
  LiveDisk disk_;
  Checkpoints checkpoints_;
  VolumeFacts facts_;
};

}  // namespace

std::unique_ptr<VolumeReading> open_running_volume(const std::shared_ptr<Connection>& connection,
                                                   const std::string& instance,
                                                   const VolumeRequest& request) {
  check_request(instance, request);
  return Beginning(connection, instance, request).open();
}

}  // namespace deskloom::fleet
