// Volumes of snapshots as nbdkit serves them, read by QEMU's tools (SPEC A8).
#include "present/nbd.hpp"

#include "base/process.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/image_builders.hpp"
#include "unit/snapshot/sealed_store.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t mib = 1 << 20;

struct Volume {
  std::string bytes;
  snapshot::Snapshot snapshot;
};

// Two captures of one volume, of which the second consists of differences in part.
Volume capture_volume(const TempStore& temp) {
  FakeImage image(noise(3 * mib) + std::string(20 * mib, '\0') + noise(2 * mib, 2) +
                  std::string(7 * page, '\0'));
  const auto before = capture_image(*temp.store, image).layer;
  image.bytes.replace(mib + 100, 5, "later");
  base::NoProgress progress;
  const auto writer = temp.store->begin(progress);
  writer->put_image("volume", image, &before);
  return {image.bytes, writer->commit(base::Json::object(), base::Timestamp{})};
}

present::ServedImage served(const TempStore& temp, const Volume& volume) {
  return {temp.path(), temp.key, volume.snapshot.id, "volume"};
}

// Ends with the command, which finds the address in $uri.
base::ProcessResult serve(const present::ServedImage& image, const std::string& command) {
  auto argv = present::nbd_server(image);
  argv.insert(argv.end(), {"--run", command});
  return base::run_process(argv);
}

}  // namespace

TEMPLATE_TEST_CASE("A8: a client reads a served volume as it was captured", "", TempStore, SealedStore) {
  const TestType temp;
  const auto volume = capture_volume(temp);
  write_file(temp.dir / "expected", volume.bytes);
  const auto compared = serve(served(temp, volume), "qemu-img compare -f raw -F raw \"$uri\" '" +
                                                        (temp.dir / "expected").string() + "'");
  INFO(compared.err);
  CHECK(compared.exit_code == 0);
  CHECK_THAT(compared.out, Contains("identical"));
}

TEST_CASE("A8: a served volume tells where it holds data") {
  const TempStore temp;
  const auto volume = capture_volume(temp);
  const auto mapped = serve(served(temp, volume), "qemu-img map -f raw --output=json \"$uri\"");
  INFO(mapped.err);
  const auto map = base::parse_json(mapped.out, "qemu-img map");
  REQUIRE(map.size() == 4);
  CHECK(map[0]["data"] == true);
  CHECK(map[0]["length"] == 3 * mib);
  CHECK(map[1]["zero"] == true);
  CHECK(map[1]["length"] == 20 * mib);
  CHECK(map[2]["data"] == true);
  CHECK(map[2]["length"] == 2 * mib);
  CHECK(map[3]["zero"] == true);
  CHECK(map[3]["length"] == 7 * page);
}

TEST_CASE("A8: a served volume can only be read") {
  const TempStore temp;
  const auto volume = capture_volume(temp);
  CHECK(serve(served(temp, volume), "qemu-io -f raw -c 'write 0 4096' \"$uri\"").exit_code != 0);
}

TEST_CASE("A8: what cannot be served is said before a client comes") {
  const TempStore temp;
  const auto volume = capture_volume(temp);
  const auto complaint_of = [](const present::ServedImage& image) {
    const auto ended = serve(image, "true");
    CHECK(ended.exit_code != 0);
    return ended.err;
  };
  auto image = served(temp, volume);
  image.layer = "memory";
  CHECK_THAT(complaint_of(image), Contains("has no layer 'memory'"));
  image = served(temp, volume);
  image.snapshot = std::string(32, '0');
  CHECK_THAT(complaint_of(image), Contains("there is no snapshot " + image.snapshot));
  image = served(temp, volume);
  image.store = temp.dir / "nowhere";
  CHECK_THAT(complaint_of(image), Contains((temp.dir / "nowhere").string()));
  const SealedStore sealed;
  image = served(sealed, capture_volume(sealed));
  image.key = {};
  CHECK_THAT(complaint_of(image), Contains("encrypted"));
}

TEST_CASE("A8: damage is an error to the client that reads it, and to nobody else") {
  const TempStore temp;
  const auto volume = capture_volume(temp);
  damage_data(temp);
  const auto image = served(temp, volume);
  const auto all =
      serve(image, "qemu-io -r -f raw -c 'read 0 " + std::to_string(volume.bytes.size()) + "' \"$uri\"");
  CHECK_THAT(all.out + all.err, Contains("Input/output error"));
  CHECK(serve(image, "qemu-io -r -f raw -c 'read -P 0 4194304 4194304' \"$uri\"").exit_code == 0);
}
