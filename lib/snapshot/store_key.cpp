#include "snapshot/store_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "snapshot/key_source.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::string_view magic = "deskloom-store-key ";
constexpr unsigned version = 1;
constexpr std::string_view quick_derivation = "hkdf-sha-256";
constexpr std::string_view slow_derivation = "scrypt ";
constexpr std::string_view purpose = "deskloom store key";
constexpr std::size_t salt_bytes = 32;
constexpr std::size_t shortest_key_bytes = 8;
constexpr ScryptCost usual_cost{1 << 15, 8, 1};  // 32 MiB, 50 to 100 ms

[[noreturn]] void fail(const std::string& origin, const std::string& problem) {
  throw base::Error(base::ErrorKind::corrupt, origin + ": " + problem,
                    "put a copy of it back: stores that were made with 'init --store-key' have one");
}

unsigned long long take_number(std::string_view& text, const std::string& origin) {
  unsigned long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) fail(origin, "is not a store's key");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return number;
}

struct Parts {
  std::string derivation;
  Bytes salt;
  KeyId id{};
  Bytes master;
  std::string bound;  // the lines before the last
};

class Parser {
 public:
  Parser(std::string_view text, std::string origin) : rest_(text), origin_(std::move(origin)) {}

  Parts parse() {
    const std::string_view all = rest_;
    check_version(line());
    Parts parts;
    parts.derivation = line();
    parts.salt = hex("salt ", salt_bytes);
    std::ranges::copy(hex("id ", parts.id.size()), parts.id.begin());
    parts.bound = all.substr(0, all.size() - rest_.size());
    parts.master = hex("master ", key_bytes + seal_overhead_bytes);
    return parts;
  }

 private:
  std::string_view line() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) fail(origin_, "is cut off");
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return found;
  }

  Bytes hex(std::string_view label, std::size_t size) {
    std::string_view text = line();
    if (!text.starts_with(label)) fail(origin_, "is not a store's key");
    auto bytes = parse_hex(text.substr(label.size()));
    if (!bytes || bytes->size() != size) fail(origin_, "is damaged");
    return std::move(*bytes);
  }

  void check_version(std::string_view text) const {
    if (!text.starts_with(magic)) fail(origin_, "is not a store's key");
    text.remove_prefix(magic.size());
    const auto found = take_number(text, origin_);
    if (found <= version) return;
    throw base::Error(base::ErrorKind::store_newer,
                      fmt::format("{} has format {}, this program knows {}", origin_, found, version),
                      "use a newer deskloom");
  }

  std::string_view rest_;
  std::string origin_;
};

Secret key_to_lock_with(const Secret& user_key, const std::string& derivation, ByteView salt,
                        const std::string& origin) {
  if (derivation == quick_derivation) return derive(user_key.view(), salt, purpose);
  if (!derivation.starts_with(slow_derivation))
    fail(origin, "is locked in a way that this program does not know");
  std::string_view numbers = std::string_view(derivation).substr(slow_derivation.size());
  ScryptCost cost;
  cost.n = take_number(numbers, origin);
  cost.r = static_cast<std::uint32_t>(take_number(numbers, origin));
  cost.p = static_cast<std::uint32_t>(take_number(numbers, origin));
  return derive_slowly(user_key.view(), salt, cost);
}

}  // namespace

Secret make_master_key() {
  Secret master(key_bytes);
  fill_random(master.bytes());
  return master;
}

std::string lock_master_key(const Secret& master, const Secret& user_key) {
  if (user_key.size() < shortest_key_bytes) {
    throw base::Error(base::ErrorKind::usage, "a key of less than 8 characters protects nothing",
                      "make one with 'openssl rand -hex 32'");
  }
  const std::string derivation =
      is_random_key(user_key.view())
          ? std::string(quick_derivation)
          : fmt::format("{}{} {} {}", slow_derivation, usual_cost.n, usual_cost.r, usual_cost.p);
  Bytes salt(salt_bytes);
  fill_random(salt);
  const std::string bound = fmt::format("{}{}\n{}\nsalt {}\nid {}\n", magic, version, derivation,
                                        hex_of(salt), to_hex(key_id_of(master)));
  const Secret key = key_to_lock_with(user_key, derivation, salt, "a new key");
  return bound + "master " + hex_of(seal(key.view(), master.view(), as_bytes(bound))) + "\n";
}

KeyId id_of_locked_key(const std::string& text, const std::string& origin) {
  return Parser(text, origin).parse().id;
}

std::optional<Secret> unlock_master_key(const std::string& text, const Secret& user_key,
                                        const std::string& origin) {
  const Parts parts = Parser(text, origin).parse();
  const Secret key = key_to_lock_with(user_key, parts.derivation, parts.salt, origin);
  auto master = unseal(key.view(), parts.master, as_bytes(parts.bound));
  if (!master) return std::nullopt;
  Secret secret{ByteView(*master)};
  wipe(*master);
  return secret;
}

}  // namespace deskloom::snapshot
