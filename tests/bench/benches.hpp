#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/make_snap.hpp"

namespace troupe::test {

/// Measures changes of a tiny snap, first with few snaps installed and then with many.
void bench_installs();

/// Measures what a launcher adds to the start of an application, and what refreshes cost that wait for
/// one.
void bench_running_apps();

/// Takes at least one value.
inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

/// A number from a file of /proc with lines `NAME: NUMBER`.
inline std::uint64_t number_in(const std::filesystem::path& file, const std::string& name) {
  auto content = read_file(file);
  auto at = content.find(name + ":");
  if (at == content.npos)
    throw std::runtime_error{"no " + name + " in " + file.string()};
  return std::stoull(content.substr(at + name.size() + 1));
}

} // namespace troupe::test
