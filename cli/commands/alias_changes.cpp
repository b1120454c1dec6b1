#include "cli/commands/alias_changes.hpp"

#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/wait.hpp"

namespace troupe::cli {

namespace {

void print_changed(const json::object& change, const std::string& key, const std::string& what) {
  for (const auto& item : array_of(object_of(change, "data"), key)) {
    const auto& one = as_object(item);
    std::cout << what << ": " << text_of(one, "alias") << " for " << text_of(one, "snap") << '.'
              << text_of(one, "app") << '\n';
  }
}

} // namespace

int change_aliases(session& session, json::object request, const change_options& options) {
  options.add_to(request);
  auto change = session.start_change("/v2/aliases", request);
  return finish(session, change, [](const json::object& ended) {
    print_changed(ended, "aliases-removed", "removed");
    print_changed(ended, "aliases-added", "added");
    const auto& data = object_of(ended, "data");
    if (array_of(data, "aliases-added").empty() && array_of(data, "aliases-removed").empty())
      std::cerr << "No alias has changed.\n";
  });
}

} // namespace troupe::cli
