#include <algorithm>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "base/stream.hpp"
#include "fleet/save_image.hpp"
#include "fuzz/expect.hpp"
#include "snapshot/page_map.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {
namespace {

using base::ErrorKind;
using fleet::SaveImage;

constexpr std::uint64_t page_bytes = SaveImage::page_bytes;

std::filesystem::path joined_file() {
  static const TempDir dir;
  std::filesystem::remove(dir / "joined");
  return dir / "joined";
}

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>((value >> (8 * i)) & 0xff);
  return text;
}

// Whatever is taken comes back octet for octet.
bool run_save_image(Input input) {
  const MemoryFile file(input);
  return accepts({ErrorKind::failed}, [&] {
    const SaveImage image(file.path());
    image.extents();
    base::TextSource rest(image.rest());
    const auto joined = joined_file();
    fleet::join_save_image(
        rest, image.memory_bytes(), [&](std::uint64_t offset, auto into) { image.read(offset, into); },
        joined);
    if (base::read_file(joined, 1 << 30) != text_of(input))
      throw std::logic_error("a save image comes back as another");
  });
}

std::vector<std::string> save_image_seeds() {
  std::string image = "LibvirtQemudSave";
  for (const std::uint32_t field : {2U, 5U, 1U, 0U}) image.append(reinterpret_cast<const char*>(&field), 4);
  image.resize(92);
  image += "<xml>QEVM" + big_endian(3, 4) + big_endian(7, 1) + big_endian(4, 4) + "pc-7";
  // A section of "ram": one block of four pages; of these one page, and two of zeros.
  image += big_endian(1, 1) + big_endian(2, 4) + "\3ram" + big_endian(0, 4) + big_endian(4, 4);
  image += big_endian(4 * page_bytes | 0x04, 8) + "\6pc.ram" + big_endian(4 * page_bytes, 8);
  image += big_endian(0x10, 8) + big_endian(0x7e, 1) + big_endian(2, 4);
  image += big_endian(3, 1) + big_endian(2, 4) + big_endian(page_bytes | 0x08, 8) + "\6pc.ram";
  image += std::string(page_bytes, 'a');
  for (const std::uint64_t page : {2U, 3U}) image += big_endian(page * page_bytes | 0x22, 8) + '\0';
  image += big_endian(0x10, 8) + big_endian(0x7e, 1) + big_endian(2, 4) + "state of the devices";
  return {image};
}

// Beside a memory of 16 pages.
bool run_save_image_rest(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    base::TextSource rest{std::string(text_of(input))};
    const auto zeros = [](std::uint64_t offset, std::span<std::byte> into) {
      if (offset + into.size() > 16 * page_bytes) throw std::logic_error("a page outside of the memory");
      std::ranges::fill(into, std::byte{0});
    };
    fleet::join_save_image(rest, 16 * page_bytes, zeros, joined_file());
  });
}

std::vector<std::string> save_image_rest_seeds() {
  const MemoryFile file(std::as_bytes(std::span(save_image_seeds().front())));
  return {SaveImage(file.path()).rest()};
}

bool run_pages(Input input) {
  return accepts({ErrorKind::corrupt}, [&] {
    const auto root = snapshot::parse_pages_root(input, "pages");
    snapshot::ByteWriter out;
    serialise(root, out);
    if (!std::ranges::equal(out.bytes(), input)) throw std::logic_error("pages that change");
  });
}

std::vector<std::string> pages_seeds() {
  snapshot::PagesRoot root;
  root.data = {6000, 0, {{4096, false, true, 0, snapshot::sha256({})}, {1904, true, false, 0, {}}}};
  root.table = {16, 0, {{16, false, false, 0, snapshot::sha256({})}}};
  root.page_bytes = 4096;
  snapshot::ByteWriter out;
  serialise(root, out);
  return {std::string(snapshot::as_text(out.bytes()))};
}

}  // namespace

std::vector<FuzzTarget> memory_targets() {
  return {{"save-image", run_save_image, save_image_seeds},
          {"save-image-rest", run_save_image_rest, save_image_rest_seeds},
          {"pages", run_pages, pages_seeds}};
}

}  // namespace deskloom::test
