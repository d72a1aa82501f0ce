#pragma once

#include <cstdint>

namespace deskloom::predict {

// Evenly spread over [0, 1), the same each time: chance that can be repeated (Steele, Lea, Flood: Fast
// splittable pseudorandom number generators, OOPSLA 2014).
inline double spread(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((number ^ (number >> 31)) >> 11) * 0x1p-53;
}

}  // namespace deskloom::predict
