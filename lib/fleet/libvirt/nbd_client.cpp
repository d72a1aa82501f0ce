#include "fleet/libvirt/nbd_client.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <deque>

namespace deskloom::fleet {
namespace {

constexpr int silence_limit_ms = 60'000;
constexpr std::size_t request_bytes = 2 << 20;
constexpr std::size_t max_in_flight = 4;
// A status request's length has 32 bits and must suit any cluster size.
constexpr std::uint64_t status_bytes = 1 << 30;
constexpr std::int64_t max_volume_bytes = std::int64_t{1} << 46;  // 64 TiB: past it, a server is not believed
constexpr const char* allocation_context = "base:allocation";

sockaddr_un address_of(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket.string();
  if (path.size() >= sizeof address.sun_path) {
    throw base::Error(base::ErrorKind::failed, "the socket's name is too long: " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

}  // namespace

void NbdClient::Close::operator()(nbd_handle* handle) const {
  // A server of ours ends by itself unless it hangs, and closing waits for it.
  nbd_kill_subprocess(handle, SIGTERM);
  nbd_close(handle);
}

NbdClient::NbdClient(std::string name) : name_(std::move(name)), handle_(nbd_create()) {
  if (!handle_) fail("open");
}

void NbdClient::fail(const char* action, const std::string& reason) {
  handle_.reset();
  throw base::Error(base::ErrorKind::failed,
                    std::string("cannot ") + action + " " + name_ + " through NBD: " + reason);
}

void NbdClient::fail(const char* action) {
  const char* reason = nbd_get_error();
  fail(action, reason == nullptr ? "no reason given" : reason);
}

nbd_handle* NbdClient::get() const {
  if (handle_) return handle_.get();
  throw base::Error(base::ErrorKind::failed, name_ + " was closed after an error", "capture it again");
}

void NbdClient::wait(const char* action) {
  const int moved = nbd_poll(get(), silence_limit_ms);
  if (moved < 0) fail(action);
  if (moved == 0) fail(action, "nothing came for " + std::to_string(silence_limit_ms / 1000) + " s");
}

void NbdClient::add_context(const std::string& context) {
  if (nbd_add_meta_context(get(), context.c_str()) < 0) fail("open");
}

void NbdClient::negotiate(int started) {
  if (started < 0) fail("open");
  while (nbd_aio_is_ready(get()) != 1) {
    if (nbd_aio_is_dead(get()) == 1 || nbd_aio_is_closed(get()) == 1) fail("open");
    wait("open");
  }
  check_export();
}

void NbdClient::check_export() {
  const std::int64_t size = nbd_get_size(get());
  if (size < 0) fail("open");
  if (size > max_volume_bytes) fail("open", "a size of " + std::to_string(size) + " bytes is not believed");
  size_bytes_ = static_cast<std::uint64_t>(size);
  tells_allocation_ = nbd_can_meta_context(get(), allocation_context) == 1;
  if (!bitmap_.empty() && (!tells_allocation_ || nbd_can_meta_context(get(), bitmap_.c_str()) != 1)) {
    fail("open", "the server does not offer " + bitmap_);
  }
}

void NbdClient::connect(const std::filesystem::path& socket, const std::string& export_name,
                        const std::string& bitmap) {
  add_context(allocation_context);
  if (!bitmap.empty()) {
    bitmap_ = "qemu:dirty-bitmap:" + bitmap;
    add_context(bitmap_);
  }
  if (nbd_set_export_name(get(), export_name.c_str()) < 0) fail("open");
  const auto address = address_of(socket);
  negotiate(nbd_aio_connect(get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

void NbdClient::start(const std::vector<std::string>& argv) {
  add_context(allocation_context);
  std::vector<char*> arguments;
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  negotiate(nbd_aio_connect_systemd_socket_activation(get(), arguments.data()));
}

bool NbdClient::completed(std::int64_t cookie, const char* action) {
  const int done = nbd_aio_command_completed(get(), static_cast<std::uint64_t>(cookie));
  if (done < 0) fail(action);
  return done == 1;
}

int NbdClient::take_runs(void* client, const char* context, std::uint64_t, std::uint32_t* entries,
                         std::size_t count, int*) {
  auto& self = *static_cast<NbdClient*>(client);
  auto& runs = self.bitmap_ == context ? self.reply_.dirty : self.reply_.allocation;
  // Pairs of length and flags, in this machine's byte order.
  for (std::size_t i = 0; i + 1 < count; i += 2) runs.push_back({entries[i], entries[i + 1]});
  return 0;
}

NbdClient::Reply NbdClient::ask_status(std::uint64_t offset) {
  constexpr const char* action = "find what is allocated in";
  reply_ = {};
  const nbd_extent_callback callback{take_runs, this, nullptr};
  const auto length = std::min(status_bytes, size_bytes_ - offset);
  const auto cookie = nbd_aio_block_status(get(), length, offset, callback, NBD_NULL_COMPLETION, 0);
  if (cookie < 0) fail(action);
  while (!completed(cookie, action)) wait(action);
  return std::move(reply_);
}

std::vector<Extent> NbdClient::extents() {
  if (!tells_allocation_) {
    if (size_bytes_ == 0) return {};
    return {{0, size_bytes_, ExtentKind::data}};
  }
  ExtentBuilder builder(size_bytes_);
  while (builder.covered() < size_bytes_) {
    const Reply reply = ask_status(builder.covered());
    builder.add_reply(reply.allocation, bitmap_.empty() ? std::nullopt : std::optional(reply.dirty));
  }
  return builder.finish();
}

std::int64_t NbdClient::start_read(std::uint64_t offset, std::span<std::byte> into) {
  const auto cookie = nbd_aio_pread(get(), into.data(), into.size(), offset, NBD_NULL_COMPLETION, 0);
  if (cookie < 0) fail("read");
  return cookie;
}

void NbdClient::read(std::uint64_t offset, std::span<std::byte> into) {
  std::deque<std::int64_t> in_flight;
  while (!into.empty() || !in_flight.empty()) {
    if (!into.empty() && in_flight.size() < max_in_flight) {
      const auto piece = into.first(std::min(request_bytes, into.size()));
      in_flight.push_back(start_read(offset, piece));
      into = into.subspan(piece.size());
      offset += piece.size();
    } else if (completed(in_flight.front(), "read")) {
      in_flight.pop_front();
    } else {
      wait("read");
    }
  }
}

}  // namespace deskloom::fleet
