#include "predict/torch/connect_batches.hpp"

#include <algorithm>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr double share_unknown = 0.3;
constexpr double least_deviation = 1e-3;
constexpr std::size_t context_tokens = 2 * block_tokens;

torch::Tensor inputs_of(const TrainingRows& rows) {
  return torch::from_blob(const_cast<float*>(rows.inputs.data()),
                          {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(connect_inputs)},
                          torch::kFloat32);
}

// Fisher and Yates, with numbers that are the same everywhere.
template <typename Values>
void shuffle(Values& values, std::mt19937& dice) {
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[static_cast<std::size_t>((std::uint64_t{dice()} * i) >> 32U)]);
}

// Columns of a batch, as they are filled.
struct Columns {
  std::vector<float> tokens;
  std::vector<std::int64_t> context, position, user, role, department, row;
  std::vector<float> has_past, knows_user, knows_role, knows_department, regression, outcomes, weights;
};

void place(std::size_t number, std::size_t names, std::vector<std::int64_t>& to, std::vector<float>& knows) {
  to.push_back(number < names ? static_cast<std::int64_t>(number) : 0);
  knows.push_back(number < names ? 1.0F : 0.0F);
}

}  // namespace

Batches::Batches(const TrainingSet& set, torch::Device device)
    : set_(set),
      device_(device),
      mean_(inputs_of(set.learnt).mean(0)),
      factor_(1 / inputs_of(set.learnt).std(0).clamp_min(least_deviation)) {}

std::vector<Piece> Batches::pieces(const TrainingRows& rows, std::size_t most_rows,
                                   std::mt19937* dice) const {
  const auto key = [&](std::uint32_t row) {
    return std::pair(rows.users[row], rows.ended[row] == 0 ? 0 : context_begin(rows.ended[row]));
  };
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  if (dice != nullptr) shuffle(order, *dice);
  std::ranges::stable_sort(order, {}, key);
  std::vector<Piece> pieces;
  for (const std::uint32_t row : order) {
    const auto [user, begin] = key(row);
    if (pieces.empty() || pieces.back().user != user || pieces.back().begin != begin ||
        pieces.back().rows.size() >= most_rows) {
      pieces.push_back({user, begin, {}});
    }
    pieces.back().rows.push_back(row);
  }
  if (dice != nullptr) shuffle(pieces, *dice);
  return pieces;
}

ConnectBatch Batches::batch(const TrainingRows& rows, std::span<const Piece> pieces,
                            std::mt19937* dice) const {
  Columns columns;
  columns.tokens.resize(pieces.size() * context_tokens * token_width);
  std::int64_t longest = 1;
  for (std::size_t number = 0; number < pieces.size(); ++number) {
    const Piece& piece = pieces[number];
    const auto& tokens = set_.tokens[piece.user];
    for (std::size_t i = 0; i < context_tokens && piece.begin + i < tokens.size(); ++i) {
      std::ranges::copy(
          tokens[piece.begin + i],
          columns.tokens.begin() + static_cast<std::ptrdiff_t>((number * context_tokens + i) * token_width));
    }
    const bool forget = dice != nullptr && static_cast<double>((*dice)()) < share_unknown * 0x1p32;
    for (const std::uint32_t row : piece.rows) {
      const std::size_t ended = rows.ended[row];
      const auto position = ended == 0 ? 0 : static_cast<std::int64_t>(ended - 1 - piece.begin);
      longest = std::max(longest, position + 1);
      columns.context.push_back(static_cast<std::int64_t>(number));
      columns.position.push_back(position);
      columns.has_past.push_back(ended == 0 ? 0.0F : 1.0F);
      place(forget ? set_.vocabulary.users.size() : set_.user_of[piece.user], set_.vocabulary.users.size(),
            columns.user, columns.knows_user);
      place(set_.role_of[piece.user], set_.vocabulary.roles.size(), columns.role, columns.knows_role);
      place(set_.department_of[piece.user], set_.vocabulary.departments.size(), columns.department,
            columns.knows_department);
      columns.row.push_back(row);
      columns.regression.push_back(rows.regression[row]);
      columns.outcomes.push_back(rows.outcomes[row]);
      columns.weights.push_back(rows.weights[row]);
    }
  }
  const auto on_device = [&](const auto& column) { return torch::tensor(column).to(device_); };
  const auto inputs = inputs_of(rows).index_select(0, torch::tensor(columns.row));
  ConnectBatch batch;
  batch.tokens = torch::tensor(columns.tokens)
                     .view({static_cast<std::int64_t>(pieces.size()), context_tokens, token_width})
                     .narrow(1, 0, longest)
                     .contiguous()
                     .to(device_);
  batch.context = on_device(columns.context);
  batch.position = on_device(columns.position);
  batch.has_past = on_device(columns.has_past);
  batch.user = on_device(columns.user);
  batch.role = on_device(columns.role);
  batch.department = on_device(columns.department);
  batch.knows_user = on_device(columns.knows_user);
  batch.knows_role = on_device(columns.knows_role);
  batch.knows_department = on_device(columns.knows_department);
  batch.inputs = ((inputs - mean_) * factor_).clamp(-most_input, most_input).to(device_);
  batch.regression = on_device(columns.regression);
  batch.outcomes = on_device(columns.outcomes);
  batch.weights = on_device(columns.weights);
  return batch;
}

}  // namespace deskloom::predict
