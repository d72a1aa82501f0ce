// A plugin of nbdkit(1): one image of a snapshot, read where its client looks. See present/nbd.hpp.
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/error_text.hpp"
#include "present/nbd.hpp"
#include "snapshot/store.hpp"

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

namespace deskloom::present {
namespace {

// The process serves one image; nbdkit's functions are given nothing that it could hang on.
struct Served {
  ServedImage image;
  std::unique_ptr<snapshot::Store> store;
  std::unique_ptr<snapshot::RandomReader> reader;
  std::uint64_t size_bytes = 0;
};

Served& served() {
  static Served one;
  return one;
}

// Whatever is thrown becomes nbdkit's message and the client's EIO.
int guarded(const std::function<void()>& work) {
  try {
    work();
    return 0;
  } catch (const base::Error& error) {
    nbdkit_error("%s", base::with_hint(error).c_str());
  } catch (const std::exception& error) {
    nbdkit_error("%s", error.what());
  }
  nbdkit_set_error(EIO);
  return -1;
}

int take_parameter(const char* key, const char* value) {
  auto& image = served().image;
  const std::string_view name = key;
  if (name == "store") {
    image.store = value;
  } else if (name == "snapshot") {
    image.snapshot = value;
  } else if (name == "layer") {
    image.layer = value;
  } else if (name == "key-file") {
    image.key.file = value;
  } else if (name == "key-command") {
    image.key.command.emplace_back(value);
  } else {
    nbdkit_error("unknown parameter '%s'", key);
    return -1;
  }
  return 0;
}

int check_parameters() {
  const auto& image = served().image;
  if (!image.store.empty() && !image.snapshot.empty() && !image.layer.empty()) return 0;
  nbdkit_error("store=, snapshot= and layer= must be given");
  return -1;
}

// Before nbdkit goes to the background, so that who starts it hears what is wrong.
int open_image() {
  return guarded([] {
    auto& one = served();
    one.store = snapshot::Store::open(one.image.store, one.image.key);
    const auto snapshot = one.store->get(one.image.snapshot);
    const auto* layer = snapshot.layer(one.image.layer);
    if (layer == nullptr) {
      throw base::Error(base::ErrorKind::not_found,
                        "snapshot " + snapshot.id + " has no layer '" + one.image.layer + "'");
    }
    one.reader = one.store->open_image(*layer);
    one.size_bytes = layer->size_bytes;
  });
}

void close_image() {
  served().reader.reset();
  served().store.reset();
}

// Connections have nothing of their own.
void* open_connection(int) { return &served(); }

std::int64_t size_of_image(void*) { return static_cast<std::int64_t>(served().size_bytes); }

int yes(void*) { return 1; }

int read_image(void*, void* into, std::uint32_t count, std::uint64_t offset, std::uint32_t) {
  return guarded([&] {
    const std::span bytes(static_cast<std::byte*>(into), count);
    if (served().reader->read(bytes, offset) == count) return;
    throw base::Error(base::ErrorKind::corrupt, "the image is shorter than its snapshot says");
  });
}

// Data and holes by turns, from offset on.
int tell_extents(void*, std::uint32_t count, std::uint64_t offset, std::uint32_t, nbdkit_extents* extents) {
  const auto& ranges = served().reader->data_ranges();
  const auto end_of = [](const snapshot::DataRange& range) { return range.offset + range.size; };
  const std::uint64_t end = offset + count;
  auto range = std::upper_bound(ranges.begin(), ranges.end(), offset,
                                [&](std::uint64_t at, const auto& r) { return at < end_of(r); });
  const auto add = [&](std::uint64_t upto, std::uint32_t type) {
    if (upto <= offset) return 0;
    const int added = nbdkit_add_extent(extents, offset, upto - offset, type);
    offset = upto;
    return added;
  };
  for (; range != ranges.end() && offset < end; ++range) {
    if (add(std::min(range->offset, end), NBDKIT_EXTENT_HOLE | NBDKIT_EXTENT_ZERO) != 0) return -1;
    if (add(std::min(end_of(*range), end), 0) != 0) return -1;
  }
  return add(end, NBDKIT_EXTENT_HOLE | NBDKIT_EXTENT_ZERO);
}

nbdkit_plugin make_plugin() {
  nbdkit_plugin plugin{};
  plugin.name = "deskloom";
  plugin.longname = "volumes of Deskloom's snapshots";
  plugin.description = "one layer of pages of a snapshot, read-only";
  plugin.config_help =
      "store=DIRECTORY       the snapshot store\n"
      "snapshot=ID           which snapshot\n"
      "layer=NAME            which layer of it: volume, memory, ...\n"
      "key-file=FILE         what unlocks an encrypted store, or\n"
      "key-command=WORD ...  the words of a command that prints that";
  plugin.config = take_parameter;
  plugin.config_complete = check_parameters;
  plugin.get_ready = open_image;
  plugin.cleanup = close_image;
  plugin.open = open_connection;
  plugin.get_size = size_of_image;
  plugin.can_multi_conn = yes;
  plugin.can_extents = yes;
  plugin.pread = read_image;
  plugin.extents = tell_extents;
  return plugin;
}

nbdkit_plugin plugin = make_plugin();

}  // namespace
}  // namespace deskloom::present

NBDKIT_REGISTER_PLUGIN(deskloom::present::plugin)
