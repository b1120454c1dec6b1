#pragma once

#include <filesystem>
#include <string>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/snapshots/container.hpp"
#include "runtime/snapshots/fault.hpp"
#include "runtime/snapshots/snapshots.hpp"

namespace troupe::snapshots {

/// Does something with a snapshot's file, and says of which file and in what a fault was found.
template <class Work>
auto with_words(const std::string& verb, const std::filesystem::path& file, Work work) {
  try {
    return work();
  } catch (const fault& found) {
    throw failure{"cannot " + verb + " snapshot " + in_quotes(file.native()) + ": " + found.reason};
  }
}

/// Opens a snapshot as open_container does; one of another set or snap is a fault.
container open_expected(const std::filesystem::path& file, const snapshot_key& expected);

} // namespace troupe::snapshots
