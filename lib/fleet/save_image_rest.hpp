#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What of a save image is not memory, as save_image.cpp writes it and save_image_join.cpp reads it:
//
//   rest   = %s"DLSAVE1" LF *record             ; integers little-endian
//   record = %x00 length:u32 *OCTET             ; octets of the image as they are
//          / %x01 page:u64                      ; a page of the memory
//          / %x02 word:u64 count:u32 page:u64   ; count times: the word, big-endian, and a page; from one
//                                               ; to the next the word grows by 4096 and the page by 1
//          / %x03 word:u64 count:u32            ; count times: the word, big-endian, and a zero octet
namespace deskloom::fleet::save_image {

constexpr std::string_view rest_magic = "DLSAVE1\n";
constexpr std::uint64_t memory_limit_bytes = std::uint64_t{1} << 40;
constexpr std::size_t rest_limit_bytes = 1 << 30;

enum class Record : char { octets = 0, page = 1, pages = 2, zero_pages = 3 };

inline void put_word(std::string& out, std::uint64_t word) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((word >> shift) & 0xff);
}

}  // namespace deskloom::fleet::save_image
