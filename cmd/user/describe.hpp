#pragma once

#include "domain/records.hpp"
#include "frame/document.hpp"

namespace deskloom::cmd {

frame::Document describe_user(const domain::User& user);

}  // namespace deskloom::cmd
