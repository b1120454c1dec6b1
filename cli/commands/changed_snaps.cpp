#include "cli/commands/changed_snaps.hpp"

#include <iostream>

#include "cli/commands/output.hpp"
#include "runtime/api/target.hpp"

namespace troupe::cli {

void print_snaps_of(session& session, const json::object& change, const std::string& done) {
  std::string names;
  for (const auto& name : array_of(object_of(change, "data"), "snap-names"))
    names += (names.empty() ? "" : ",") + percent_encode(std::string{name.as_string()});
  auto snaps = session.get("/v2/snaps?snaps=" + names);
  for (const auto& item : as_array(snaps)) {
    const auto& snap = as_object(item);
    std::cout << text_of(snap, "name") << ' ' << text_of(snap, "version") << ' ' << done << '\n';
  }
}

void print_notes(const json::object& change) {
  for (const auto& note : array_of(object_of(change, "data"), "notes"))
    std::cerr << "note: " << printable(std::string{note.as_string()}) << '\n';
}

} // namespace troupe::cli
