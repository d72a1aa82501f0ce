#include "support/small_network.hpp"

#include <cmath>

#include "predict/connect/samples.hpp"

namespace deskloom::test {

using namespace predict;

ModelFile small_network(const ConnectShape& shape) {
  int number = 0;
  ModelFile file(connect_schema);
  put_shape(file, shape);
  put_vocabulary(file, {{"ann"}, {"clerk"}, {}});
  const auto put = [&](const std::string& name, const Shape& of) {
    Tensor& tensor = file.tensors[name] = {of, std::vector<float>(count_of(of))};
    for (float& value : tensor.values) value = 0.25F + 0.2F * std::sin(static_cast<float>(++number));
  };
  const auto put_layer = [&](const std::string& name, std::size_t inputs, std::size_t outputs) {
    put(name + ".weight", {outputs, inputs});
    put(name + ".bias", {outputs});
  };
  for (const auto& [name, width] :
       {std::pair("users", shape.user), {"roles", shape.role}, {"departments", shape.department}})
    put(std::string(name) + ".weight", {1, width});
  put_layer("decoder.wide", shape.state + shape.who() + connect_inputs, shape.wide);
  put_layer("decoder.narrow", shape.wide, shape.narrow);
  put_layer("decoder.last", shape.narrow, 1);
  put("inputs.mean", {connect_inputs});
  put("inputs.factor", {connect_inputs});
  put("linear", {network_bands, ahead_features});
  put("calibration", {2});
  if (shape.encoder == EncoderKind::lstm) {
    for (const auto& [from, inputs] : {std::pair("ih", token_width), {"hh", shape.state}}) {
      put(std::string("encoder.weight_") + from + "_l0", {4 * shape.state, inputs});
      put(std::string("encoder.bias_") + from + "_l0", {4 * shape.state});
    }
    return file;
  }
  put_layer("encoder.embed", token_width, shape.state);
  for (const char* layer : {"queries", "keys", "values", "merge"})
    put_layer(std::string("encoder.block0.") + layer, shape.state, shape.state);
  put_layer("encoder.block0.widen", shape.state, shape.widened);
  put_layer("encoder.block0.narrow", shape.widened, shape.state);
  for (const char* norm : {"encoder.block0.norm1", "encoder.block0.norm2", "encoder.norm"}) {
    put(std::string(norm) + ".weight", {shape.state});
    put(std::string(norm) + ".bias", {shape.state});
  }
  return file;
}

}  // namespace deskloom::test
