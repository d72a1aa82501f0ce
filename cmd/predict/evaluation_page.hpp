#pragma once

#include <string>

#include "operation/evaluate.hpp"

namespace deskloom::cmd {

// A web page in one file, which asks for nothing from elsewhere: tables and drawings, each with a sentence
// that says how to read it.
std::string evaluation_page(const operation::EvaluationReport& report);

}  // namespace deskloom::cmd
