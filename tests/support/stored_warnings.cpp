#include "tests/support/stored_warnings.hpp"

#include "runtime/journal/database.hpp"
#include "runtime/snap/layout.hpp"

namespace troupe::test {

namespace {

using namespace std::chrono_literals;

void store(const std::filesystem::path& root, const journal_batch& batch) {
  journal_database{layout{root}.database(), 0}.commit({&batch, 1});
}

time_point a_minute_ago() {
  auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  return std::chrono::floor<std::chrono::microseconds>(now - 1min);
}

} // namespace

void store_warnings(const std::filesystem::path& root, const std::vector<std::string>& messages) {
  journal_batch batch;
  auto added = a_minute_ago() - 1s * messages.size();
  for (const auto& message : messages) {
    added += 1s;
    batch.warnings.push_back({message, added, added, {}});
  }
  store(root, batch);
}

void store_notice(const std::filesystem::path& root, std::uint32_t uid, const std::string& key) {
  auto when = a_minute_ago();
  journal_batch batch;
  batch.notices = {{1'000, uid, "refresh-inhibit", key, when, when, when, 1, {{"why", "apps run"}}}};
  store(root, batch);
}

} // namespace troupe::test
