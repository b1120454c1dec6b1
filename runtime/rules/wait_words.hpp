#pragma once

#include <string>
#include <string_view>

#include "messages/wait_reason.hpp"

namespace troupe {

/// The API's word for a wait reason, such as `admission`.
std::string_view wait_word(const wait_reason& reason);

/// A sentence about a task that waits like this, such as `lane 1 of change 9 keeps it out: …`.
std::string wait_sentence(const wait_reason& reason);

/// Names a lane in a sentence: `lane 1 of change 9`.
std::string lane_text(const lane_key& lane);

} // namespace troupe
