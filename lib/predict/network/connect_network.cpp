#include "predict/network/connect_network.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/json.hpp"

namespace deskloom::predict {
namespace {

using base::Json;

const std::string network_prefix = "network.";
constexpr std::size_t most_width = 4096, most_blocks = 16;

[[noreturn]] void malformed(const ModelFile& model, const std::string& what) {
  throw base::Error(base::ErrorKind::corrupt, model.origin() + ": its " + what + " is malformed",
                    "train anew");
}

Json json_of(const ModelFile& model, const char* key) {
  return base::parse_json(model.text(key), model.origin() + ": its " + key);
}

std::size_t size_in(const ModelFile& model, const Json& sizes, const char* key, std::size_t most) {
  if (!sizes.is_object() || !sizes.contains(key) || !sizes[key].is_number_unsigned())
    malformed(model, "shape");
  const auto size = sizes[key].get<std::size_t>();
  if (size == 0 || size > most) malformed(model, "shape");
  return size;
}

std::vector<std::string> names_in(const ModelFile& model, const char* key) {
  const Json names = json_of(model, key);
  if (!names.is_array()) malformed(model, key);
  std::vector<std::string> found;
  for (const Json& name : names) {
    if (!name.is_string()) malformed(model, key);
    found.push_back(name.get<std::string>());
  }
  return found;
}

std::unique_ptr<SequenceEncoder> encoder_of(const ModelFile& model, const ConnectShape& shape) {
  if (shape.encoder == EncoderKind::lstm)
    return std::make_unique<Lstm>(model, "encoder", token_width, shape.state);
  return std::make_unique<Transformer>(
      model, "encoder", TransformerShape{token_width, shape.state, shape.heads, shape.widened, shape.blocks});
}

// Columns [from, from + count) of the perceptron's first layer, with its bias or without.
Dense columns_of(const ModelFile& model, const ConnectShape& shape, std::size_t from, std::size_t count,
                 bool with_bias) {
  const std::size_t all = shape.state + shape.who() + connect_inputs;
  const auto& weight = model.values("decoder.wide.weight", {shape.wide, all});
  const auto& bias = model.values("decoder.wide.bias", {shape.wide});
  std::vector<float> part;
  for (std::size_t row = 0; row < shape.wide; ++row) {
    const auto begin = weight.begin() + static_cast<std::ptrdiff_t>(row * all + from);
    part.insert(part.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  }
  return {part, with_bias ? std::span<const float>(bias) : std::span<const float>(), count};
}

}  // namespace

void put_shape(ModelFile& model, const ConnectShape& shape) {
  model.metadata["encoder"] = shape.encoder == EncoderKind::lstm ? "lstm" : "transformer";
  model.metadata["shape"] =
      Json{{"state", shape.state},           {"heads", shape.heads}, {"widened", shape.widened},
           {"blocks", shape.blocks},         {"user", shape.user},   {"role", shape.role},
           {"department", shape.department}, {"wide", shape.wide},   {"narrow", shape.narrow},
           {"inputs", connect_inputs},       {"token", token_width}}
          .dump();
}

void put_vocabulary(ModelFile& model, const Vocabulary& vocabulary) {
  model.metadata["users"] = Json(vocabulary.users).dump();
  model.metadata["roles"] = Json(vocabulary.roles).dump();
  model.metadata["departments"] = Json(vocabulary.departments).dump();
}

ConnectShape shape_of(const ModelFile& model) {
  const Json sizes = json_of(model, "shape");
  const auto size = [&](const char* key) { return size_in(model, sizes, key, most_width); };
  ConnectShape shape;
  const std::string& encoder = model.text("encoder");
  if (encoder != "lstm" && encoder != "transformer") malformed(model, "encoder");
  shape.encoder = encoder == "lstm" ? EncoderKind::lstm : EncoderKind::transformer;
  shape.state = size("state");
  shape.heads = size("heads");
  shape.widened = size("widened");
  shape.blocks = size_in(model, sizes, "blocks", most_blocks);
  shape.user = size("user");
  shape.role = size("role");
  shape.department = size("department");
  shape.wide = size("wide");
  shape.narrow = size("narrow");
  if (shape.state % shape.heads != 0 || size("inputs") != connect_inputs || size("token") != token_width)
    malformed(model, "shape");
  return shape;
}

Vocabulary vocabulary_of(const ModelFile& model) {
  return {names_in(model, "users"), names_in(model, "roles"), names_in(model, "departments")};
}

void put_network(ModelFile& file, const ModelFile& network) {
  for (const auto& [name, tensor] : network.tensors) file.tensors[network_prefix + name] = tensor;
  for (const auto& [key, text] : network.metadata) file.metadata[network_prefix + key] = text;
  file.metadata[network_prefix + "schema"] = network.schema();
}

std::optional<ModelFile> network_in(const ModelFile& file) {
  if (!file.metadata.contains(network_prefix + "schema")) return {};
  ModelFile network(file.text(network_prefix + "schema"), file.origin());
  for (const auto& [name, tensor] : file.tensors) {
    if (name.starts_with(network_prefix)) network.tensors[name.substr(network_prefix.size())] = tensor;
  }
  for (const auto& [key, text] : file.metadata) {
    if (key.starts_with(network_prefix)) network.metadata[key.substr(network_prefix.size())] = text;
  }
  network.metadata.erase("schema");
  return network;
}

ConnectNetwork::Embedding::Embedding(const ModelFile& model, const std::string& name,
                                     const std::vector<std::string>& of, std::size_t size)
    : names(of), rows(of.size()), width(size) {
  // A tensor has a row at least.
  values = model.values(name + ".weight", {std::max<std::size_t>(of.size(), 1), size});
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  std::ranges::sort(rows, {}, [&](std::size_t row) { return of[row]; });
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) malformed(model, name);
}

void ConnectNetwork::Embedding::append(const std::string& name, std::vector<float>& to) const {
  const auto found = std::ranges::lower_bound(names, name);
  if (found == names.end() || *found != name) {
    to.insert(to.end(), width, 0.0F);
    return;
  }
  const std::size_t row = rows[static_cast<std::size_t>(found - names.begin())];
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
  to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
}

ConnectNetwork::ConnectNetwork(const ModelFile& model)
    : shape_((model.require_schema(connect_schema), shape_of(model))),
      encoder_(encoder_of(model, shape_)),
      users_(model, "users", vocabulary_of(model).users, shape_.user),
      roles_(model, "roles", vocabulary_of(model).roles, shape_.role),
      departments_(model, "departments", vocabulary_of(model).departments, shape_.department),
      from_state_(columns_of(model, shape_, 0, shape_.state, false)),
      from_who_(columns_of(model, shape_, shape_.state, shape_.who(), true)),
      from_inputs_(columns_of(model, shape_, shape_.state + shape_.who(), connect_inputs, false)),
      narrow_(dense_of(model, "decoder.narrow", shape_.wide, shape_.narrow)),
      last_(dense_of(model, "decoder.last", shape_.narrow, 1)),
      mean_(model.values("inputs.mean", {connect_inputs})),
      factor_(model.values("inputs.factor", {connect_inputs})),
      linear_(model.values("linear", {network_bands, ahead_features})) {
  const auto& calibration = model.values("calibration", {2});
  slope_ = calibration[0];
  offset_ = calibration[1];
}

std::vector<float> ConnectNetwork::who(const std::string& user, const Person& person) const {
  std::vector<float> embeddings, sum(shape_.wide);
  append_who(user, person, embeddings);
  from_who_.apply(embeddings, sum);
  return sum;
}

std::vector<float> ConnectNetwork::knowledge(const std::string& user, const Person& person,
                                             std::span<const float> state) const {
  std::vector<float> known(state.begin(), state.end());
  known.resize(state_width());
  append_who(user, person, known);
  return known;
}

void ConnectNetwork::append_who(const std::string& user, const Person& person, std::vector<float>& to) const {
  users_.append(user, to);
  roles_.append(person.role, to);
  departments_.append(person.department, to);
}

std::vector<float> ConnectNetwork::states(std::span<const Token> context) const {
  if (context.empty()) return {};
  return encoder_->states({context.front().data(), context.size() * token_width});
}

void ConnectNetwork::logits(std::span<const float> who, std::span<const float> state, std::size_t band,
                            std::span<const ConnectInputs> inputs, std::span<float> out) const {
  const auto regression = std::span(linear_).subspan(band * ahead_features, ahead_features);
  std::vector<float> begin(from_inputs_.padded_outputs());
  if (!state.empty()) from_state_.apply(state, begin);
  for (std::size_t i = 0; i < who.size(); ++i) begin[i] += who[i];
  std::vector<float> scaled(inputs.size() * connect_inputs);
  for (std::size_t row = 0; row < inputs.size(); ++row) {
    for (std::size_t i = 0; i < connect_inputs; ++i) {
      scaled[row * connect_inputs + i] =
          std::clamp((inputs[row][i] - mean_[i]) * factor_[i], -most_input, most_input);
    }
  }
  std::vector<float> wide(inputs.size() * shape_.wide), narrow(inputs.size() * shape_.narrow);
  from_inputs_.apply(scaled, begin, wide);
  relu(wide);
  narrow_.apply(wide, narrow);
  relu(narrow);
  last_.apply(narrow, out);
  for (std::size_t row = 0; row < inputs.size(); ++row) {
    const float linear =
        std::transform_reduce(regression.begin(), regression.end(), inputs[row].begin(), 0.0F);
    out[row] = slope_ * (out[row] + linear) + offset_;
  }
}

std::span<const float> StateReader::after(std::size_t sessions) {
  if (sessions == 0) return {};
  const std::size_t begin = context_begin(sessions);
  if (begin_ != begin) {
    const std::size_t end = std::min(tokens_.size(), begin + 2 * block_tokens);
    states_ = network_.states(tokens_.subspan(begin, end - begin));
    begin_ = begin;
  }
  const std::size_t width = network_.state_width();
  return std::span(states_).subspan((sessions - 1 - begin) * width, width);
}

}  // namespace deskloom::predict
