// libvirt's save images, taken apart and put together (SPEC A3, memory).
#include "fleet/save_image.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;

namespace {

constexpr std::size_t page_bytes = fleet::SaveImage::page_bytes;

// As libvirt 9 and QEMU 7.2 write it.
class ImageText {
 public:
  ImageText() {
    text_ = "LibvirtQemudSave";
    for (const std::uint32_t field : {2U, 5U, 1U, 0U}) text_.append(reinterpret_cast<const char*>(&field), 4);
    text_.resize(92);
    text_ += "<xml>";
    text_ += "QEVM";
    number(3, 4).number(7, 1).number(4, 4);
    text_ += "pc-7";
  }
  ImageText& number(std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) text_ += static_cast<char>((value >> (8 * i)) & 0xff);
    return *this;
  }
  ImageText& name(const std::string& name) {
    number(name.size(), 1);
    text_ += name;
    return *this;
  }
  ImageText& blocks(const std::vector<std::pair<std::string, std::uint64_t>>& blocks) {
    std::uint64_t total = 0;
    for (const auto& b : blocks) total += b.second * page_bytes;
    number(1, 1).number(2, 4).name("ram").number(0, 4).number(4, 4).number(total | 0x04, 8);
    for (const auto& b : blocks) name(b.first).number(b.second * page_bytes, 8);
    return end_of_section();
  }
  ImageText& section(int type) { return number(static_cast<std::uint64_t>(type), 1).number(2, 4); }
  ImageText& end_of_section() { return number(0x10, 8).number(0x7e, 1).number(2, 4); }
  // block: of the first page of several.
  ImageText& page(std::uint64_t number_, char fill, const std::string& block = {}) {
    number(number_ * page_bytes | 0x08 | (block.empty() ? 0x20 : 0), 8);
    if (!block.empty()) name(block);
    text_ += std::string(page_bytes, fill);
    return *this;
  }
  ImageText& zero_page(std::uint64_t number_) { return number(number_ * page_bytes | 0x22, 8).number(0, 1); }
  ImageText& more(const std::string& text) {
    text_ += text;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

ImageText some_image() {
  ImageText image;
  image.blocks({{"pc.ram", 100}, {"vga", 4}}).section(2).page(10, 'a', "pc.ram").page(11, 'b').page(12, 'c');
  for (std::uint64_t i = 20; i < 60; ++i) image.zero_page(i);
  image.page(1, 'v', "vga")
      .end_of_section()
      .section(3)
      .page(11, 'B', "pc.ram")
      .page(70, 'd')
      .end_of_section();
  image.number(4, 1).more("state of the devices");
  return image;
}

struct Files {
  test::TempDir dir;
  std::filesystem::path saved = dir / "saved", joined = dir / "joined";

  explicit Files(const std::string& text) { base::write_file_durably(saved, text); }
  std::string join(const fleet::SaveImage& image, const std::string& rest) const {
    base::TextSource source(rest);
    fleet::join_save_image(
        source, image.memory_bytes(), [&](std::uint64_t offset, auto into) { image.read(offset, into); },
        joined);
    return base::read_file(joined, 1 << 30);
  }
};

char first_of(const fleet::SaveImage& image, std::uint64_t page) {
  std::byte byte{};
  image.read(page * page_bytes, std::span(&byte, 1));
  return static_cast<char>(byte);
}

}  // namespace

TEST_CASE("a save image is its memory, each page at its address, and a rest that is small") {
  const Files files(some_image().text());
  REQUIRE(fleet::SaveImage::is_one(files.saved));
  const fleet::SaveImage image(files.saved);
  CHECK(image.memory_bytes() == 105 * page_bytes);  // one was sent twice
  CHECK(first_of(image, 11) == 'b');
  CHECK(first_of(image, 70) == 'd');
  CHECK(first_of(image, 101) == 'v');
  CHECK(first_of(image, 104) == 'B');
  CHECK(first_of(image, 20) == '\0');
  CHECK(image.rest().size() < 700);
  CHECK(files.join(image, image.rest()) == some_image().text());
}

TEST_CASE("a save image comes back octet for octet wherever it ends, and whatever is not understood") {
  const std::string whole = some_image().text();
  for (std::size_t size = 97; size < whole.size(); size += 211) {
    CAPTURE(size);
    const Files files(whole.substr(0, size));
    const fleet::SaveImage image(files.saved);
    CHECK(files.join(image, image.rest()) == whole.substr(0, size));
  }
  for (std::size_t at = 97; at < whole.size(); at += at < 400 ? 1 : 997) {
    CAPTURE(at);
    std::string odd = whole;
    odd[at] = static_cast<char>(odd[at] ^ 0x41);
    const Files files(odd);
    const fleet::SaveImage image(files.saved);
    CHECK(files.join(image, image.rest()) == odd);
  }
}

TEST_CASE("a save image that is not whole, or compressed, is refused") {
  std::string text = some_image().text();
  text.replace(0, 16, "LibvirtQemudPart");
  const Files unfinished(text);
  CHECK_FALSE(fleet::SaveImage::is_one(unfinished.saved));
  CHECK_THROWS_AS(fleet::SaveImage(unfinished.saved), base::Error);
  text = some_image().text();
  text[28] = 1;
  const Files compressed(text);
  CHECK_THROWS_WITH(fleet::SaveImage(compressed.saved), test::Contains("is compressed"));
}

TEST_CASE("a damaged rest is refused") {
  const Files files(some_image().text());
  const fleet::SaveImage image(files.saved);
  for (const std::string& rest : {std::string("DLSAVE2\n"), std::string("DLSAVE1\n\x07", 9),
                                  std::string("DLSAVE1\n\0\xff\xff\xff\x7f", 13),
                                  std::string("DLSAVE1\n\1\xff\xff\xff\xff\xff\xff\xff\xff", 17),
                                  "DLSAVE1\n\3" + std::string(8, '\0') + std::string(4, '\xff')}) {
    std::filesystem::remove(files.joined);
    CHECK_THROWS_AS(files.join(image, rest), base::Error);
  }
}

TEST_CASE("a rest cannot name a page of the memory twice, nor make it larger than the image was") {
  const Files files(some_image().text());
  const fleet::SaveImage image(files.saved);
  std::string rest = "DLSAVE1\n";
  for (std::uint64_t i = 0; i <= image.memory_bytes() / page_bytes; ++i)
    rest += std::string(9, '\0').replace(0, 1, "\1");
  CHECK_THROWS_WITH(files.join(image, rest), test::Contains("is damaged"));
}

TEST_CASE("a small file that claims a large memory takes no memory for it") {
  ImageText lying;
  lying.blocks({{"pc.ram", std::uint64_t{1} << 28}});
  const Files files(lying.text());
  const fleet::SaveImage image(files.saved);
  CHECK(image.memory_bytes() == 0);
  CHECK(files.join(image, image.rest()) == lying.text());
}
