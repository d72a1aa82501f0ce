#pragma once

#include <cstddef>
#include <vector>

namespace deskloom::predict {

// Means in the cells of a cycle, such as the hours of the week; what came long ago fades with every visit to
// a cell.
class FadingProfile {
 public:
  FadingProfile(std::size_t cells, double half_life_visits);

  void add(std::size_t cell, double amount);
  // The cell's mean, as if the usual amount had been seen in some visits besides.
  double mean(std::size_t cell, double usual, double visits) const;
  // The same over the cell and as many neighbours on either side as reach; nearer ones count for more.
  double mean_around(std::size_t cell, std::size_t reach, double usual, double visits) const;

 private:
  struct Cell {
    double amount = 0;
    double visits = 0;
  };
  std::vector<Cell> cells_;
  double fading_;
};

}  // namespace deskloom::predict
