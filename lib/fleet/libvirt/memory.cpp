#include "fleet/libvirt/memory.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "fleet/libvirt/error.hpp"
#include "fleet/libvirt/memory_xml.hpp"
#include "fleet/libvirt/pause_watch.hpp"

namespace deskloom::fleet {
namespace {

using std::chrono::steady_clock;
using SnapshotHandle = base::Handle<virDomainSnapshot, virDomainSnapshotFree>;

// Stops the domain when it is still being written after a while, so that there is an end; lets it go on
// again.
class Patience {
 public:
  Patience(virDomainPtr domain, std::chrono::milliseconds limit)
      : domain_(domain), thread_([this, limit] { stop_after(limit); }) {}
  ~Patience() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
    if (stopped_) virDomainResume(domain_);
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

 private:
  void stop_after(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, [this] { return over_; })) return;
    stopped_ = virDomainSuspend(domain_) == 0;
  }

  virDomainPtr domain_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

void write_memory(virDomainPtr domain, const std::string& instance, const MemoryRequest& request) {
  const auto xml = memory_snapshot_xml(live_xml(domain, instance), request.file);
  const Patience patience(domain, request.longest_live);
  const SnapshotHandle snapshot(virDomainSnapshotCreateXML(
      domain, xml.c_str(), VIR_DOMAIN_SNAPSHOT_CREATE_LIVE | VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA));
  if (snapshot) return;
  throw last_libvirt_error("cannot save the memory of instance " + instance + " to " + request.file.string());
}

}  // namespace

MemoryFacts save_running_memory(const std::shared_ptr<Connection>& connection, const std::string& instance,
                                const MemoryRequest& request) {
  const auto domain = connection->get(instance);
  const PauseWatch watch(connection, domain.get());
  const auto start = steady_clock::now();
  write_memory(domain.get(), instance, request);
  const std::chrono::duration<double, std::milli> total = steady_clock::now() - start;
  return {watch.paused_ms(), total.count()};
}

void restore_saved_memory(const Connection& connection, const InstanceSpec& spec,
                          const std::filesystem::path& file) {
  if (connection.find(spec.name)) {
    throw base::Error(base::ErrorKind::failed,
                      "instance " + spec.name + " runs on host " + connection.host() + " already",
                      "destroy it before its memory is restored");
  }
  const std::string what =
      "cannot restore instance " + spec.name + " on host " + connection.host() + " from " + file.string();
  const TextHandle saved(
      virDomainSaveImageGetXMLDesc(connection.get(), file.c_str(), VIR_DOMAIN_SAVE_IMAGE_XML_SECURE));
  if (!saved) throw last_libvirt_error(what, "it must be a whole file that save_memory wrote");
  const auto xml = restored_xml(saved.get(), spec);
  if (virDomainRestoreFlags(connection.get(), file.c_str(), xml.c_str(), VIR_DOMAIN_SAVE_RUNNING) == 0)
    return;
  throw last_libvirt_error(what);
}

}  // namespace deskloom::fleet
