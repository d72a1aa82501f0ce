#include "base/fd.hpp"
#include "base/process.hpp"
#include "fleet/volume.hpp"
#include "support/temp_dir.hpp"
#include "throws.hpp"

using namespace deskloom;
using fleet::Extent;
using fleet::ExtentKind;
using test::contains;
using test::error_of;

namespace {

constexpr std::size_t mib = 1 << 20;

void run(const std::vector<std::string>& argv) {
  const auto result = base::run_process(argv);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 11);
  return bytes;
}

// 64 MiB with content from 8 MiB to 13 MiB.
std::filesystem::path make_raw(const test::TempDir& directory, const std::string& content) {
  const auto raw = directory / "volume.raw";
  run({"truncate", "-s", "8M", raw});
  base::write_file_durably(directory / "content", content);
  run({"dd", "if=" + (directory / "content").string(), "of=" + raw.string(), "bs=1M", "seek=8",
       "conv=notrunc", "status=none"});
  run({"truncate", "-s", "64M", raw});
  return raw;
}

void check_volume(const std::filesystem::path& path, const std::string& content) {
  const auto volume = fleet::open_volume_file(path);
  CHECK(volume->facts().size_bytes == 64 * mib);
  CHECK_FALSE(volume->facts().incremental);
  CHECK(volume->extents() == std::vector<Extent>{{0, 8 * mib, ExtentKind::zero},
                                                 {8 * mib, content.size(), ExtentKind::data},
                                                 {13 * mib, 51 * mib, ExtentKind::zero}});
  std::string read(content.size(), 'x');
  volume->read(8 * mib, std::as_writable_bytes(std::span(read)));
  CHECK(read == content);
  CHECK(error_of([&] { volume->read(60 * mib, std::as_writable_bytes(std::span(read))); }).kind() ==
        base::ErrorKind::usage);
  CHECK(error_of([&] { volume->read(UINT64_MAX, std::as_writable_bytes(std::span(read))); }).kind() ==
        base::ErrorKind::usage);
}

bool no_tools() {
  if (base::run_process({"sh", "-c", "command -v qemu-nbd"}).exit_code == 0) return false;
  WARN("skipped: qemu-nbd is not installed");
  return true;
}

}  // namespace

TEST_CASE("a raw file, a qcow2 and an overlay over it are read alike, holes skipped") {
  if (no_tools()) return;
  const test::TempDir directory;
  const std::string content = pattern(5 * mib);
  const auto raw = make_raw(directory, content);
  check_volume(raw, content);
  const auto qcow2 = (directory / "volume.qcow2").string();
  run({"qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, qcow2});
  check_volume(qcow2, content);
  const auto overlay = (directory / "overlay.qcow2").string();
  run({"qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", qcow2, overlay});
  check_volume(overlay, content);
}

TEST_CASE("a format is never guessed from what a file holds") {
  if (no_tools()) return;
  const test::TempDir directory;
  const auto qcow2 = (directory / "volume.qcow2").string();
  run({"qemu-img", "create", "-q", "-f", "qcow2", qcow2, "64M"});
  std::filesystem::rename(qcow2, directory / "volume.raw");
  CHECK(fleet::open_volume_file(directory / "volume.raw")->facts().size_bytes < mib);
}

TEST_CASE("a volume file that is missing or damaged is named") {
  if (no_tools()) return;
  const test::TempDir directory;
  const auto missing = error_of([&] { fleet::open_volume_file(directory / "a.qcow2"); });
  CHECK(missing.kind() == base::ErrorKind::not_found);
  base::write_file_durably(directory / "b.qcow2", "no image");
  const auto damaged = error_of([&] { fleet::open_volume_file(directory / "b.qcow2"); });
  CHECK(damaged.kind() == base::ErrorKind::failed);
  CHECK(contains(damaged.what(), "b.qcow2"));
}
