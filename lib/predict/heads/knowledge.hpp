#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "predict/network/connect_network.hpp"
#include "predict/network/dataset.hpp"

namespace deskloom::predict {

// What a network knows of the users of a record, at any time of it: rows, one for each user and number of
// sessions that had ended by then, as they are asked for.
class Knowledge {
 public:
  // Both must outlive it.
  Knowledge(const ConnectNetwork& network, const Dataset& dataset);

  // The row of a user at a time. A user without sessions is known by name alone, if at all.
  std::uint32_t row(const std::string& user, std::int64_t time_s);

  std::size_t width() const { return network_.knowledge_width(); }
  std::span<const float> values(std::uint32_t row) const {
    return std::span(values_).subspan(row * width(), width());
  }
  // All rows so far.
  const std::vector<float>& values() const { return values_; }

 private:
  struct User {
    std::size_t number;
    std::vector<Token> tokens;
    StateReader states;
    std::unordered_map<std::size_t, std::uint32_t> rows;  // by how many sessions had ended

    User(const ConnectNetwork& network, const Dataset& dataset, std::size_t number);
  };
  std::uint32_t add(std::span<const float> values);

  const ConnectNetwork& network_;
  const Dataset& dataset_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::unordered_map<std::size_t, std::unique_ptr<User>> users_;
  std::unordered_map<std::string, std::uint32_t> others_;
  std::vector<float> values_;
};

}  // namespace deskloom::predict
