#pragma once

#include <libnbd.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "fleet/extents.hpp"

namespace deskloom::fleet {

// One export of an NBD server, read with several requests under way. After any error the connection is
// closed, so that nothing is written into a caller's buffer any more, and every further call throws.
class NbdClient {
 public:
  // name: for errors, "disk vda of instance desk-1".
  explicit NbdClient(std::string name);

  // To a server that listens on a socket. bitmap: a dirty bitmap of QEMU's that must be there; empty: none.
  void connect(const std::filesystem::path& socket, const std::string& export_name,
               const std::string& bitmap);
  // To a server started for this client alone, argv, which is given its socket as systemd would give it and
  // ends with the client.
  void start(const std::vector<std::string>& argv);
  void close() { handle_.reset(); }

  std::uint64_t size_bytes() const { return size_bytes_; }
  std::vector<Extent> extents();
  // The caller has checked the range.
  void read(std::uint64_t offset, std::span<std::byte> into);

 private:
  struct Close {
    void operator()(nbd_handle* handle) const;
  };
  struct Reply {
    std::vector<StatusRun> allocation;
    std::vector<StatusRun> dirty;
  };
  void add_context(const std::string& context);
  void negotiate(int started);
  void check_export();
  static int take_runs(void* client, const char* context, std::uint64_t offset, std::uint32_t* entries,
                       std::size_t count, int* error);
  Reply ask_status(std::uint64_t offset);
  std::int64_t start_read(std::uint64_t offset, std::span<std::byte> into);
  bool completed(std::int64_t cookie, const char* action);
  // Until something moves on the connection.
  void wait(const char* action);
  nbd_handle* get() const;
  [[noreturn]] void fail(const char* action, const std::string& reason);
  [[noreturn]] void fail(const char* action);

  std::string name_;
  std::string bitmap_;  // the context's whole name; empty: none
  Reply reply_;         // of the status request that is under way
  std::uint64_t size_bytes_ = 0;
  bool tells_allocation_ = false;
  std::unique_ptr<nbd_handle, Close> handle_;
};

}  // namespace deskloom::fleet
