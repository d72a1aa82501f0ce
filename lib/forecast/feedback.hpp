#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forecast/pending.hpp"
#include "predict/ahead/features.hpp"
#include "predict/drift.hpp"

// How well it was foretold, by the day.
namespace deskloom::forecast {

// Of what a model said of the slots of a day, from one band of the horizon. Losses are sums over slots.
struct Feedback {
  std::string model;     // "": habits alone
  std::int64_t day = 0;  // of the users' clock, since 1970
  Question question = Question::connects;
  std::int64_t band = 0;
  double log_loss = 0, brier = 0;  // of what was given out
  double habit_log_loss = 0;       // of habits alone
  predict::LogitBins bins{};
};

// Of what was said of a pool's hours of a day.
struct PoolFeedback {
  std::string model;
  std::int64_t day = 0;
  std::string pool;
  std::int64_t hours = 0;
  std::int64_t arrivals_within = 0, concurrent_within = 0;  // hours in which the 0.95 quantile held
  // Sums over hours: of what came, and of pinball losses, the mean over the levels.
  double arrivals = 0, concurrent = 0, arrivals_loss = 0, concurrent_loss = 0;
};

// What ended by then was scored; and the last late import of the record that is in.
struct FeedbackOf {
  std::int64_t until_s = 0;
  std::int64_t late = 0;
};

// Each adds to what is stored of the same.
void add_feedback(Store& store, const Feedback& feedback);
void add_pool_feedback(Store& store, const PoolFeedback& feedback);
// Of the days [from, until).
std::vector<Feedback> feedback(const Store& store, const std::string& model, std::int64_t from,
                               std::int64_t until);
std::vector<PoolFeedback> pool_feedback(const Store& store, const std::string& model, std::int64_t from,
                                        std::int64_t until);
// What is before the day, and what is from another on.
void drop_feedback(Store& store, std::int64_t before, std::optional<std::int64_t> from);

std::optional<FeedbackOf> feedback_of(const Store& store);
void put_feedback_of(Store& store, const FeedbackOf& of);

// What a model's test promised of who connects; bands that it says nothing of are NaN.
void put_promise(Store& store, const std::string& model, const predict::Promise& promise);
predict::Promise promise_of(const Store& store, const std::string& model);

std::string pack_bins(const predict::LogitBins& bins);
predict::LogitBins unpack_bins(std::span<const std::byte> packed);

}  // namespace deskloom::forecast
