#include "cli/commands/snap_notes.hpp"

#include "cli/commands/output.hpp"

namespace troupe::cli {

std::string notes_of(const json::object& snap) {
  std::string notes;
  auto note = [&notes](bool holds, const std::string& word) {
    if (holds)
      notes += (notes.empty() ? "" : ",") + word;
  };
  auto type = text_of(snap, "type");
  auto confinement = text_of(snap, "confinement");
  note(type == "os", "core");
  note(type != "os" && type != "app" && !type.empty(), type);
  note(text_of(snap, "status") != "active", "disabled");
  note(flag_of(snap, "devmode"), "devmode");
  note(confinement == "classic", "classic");
  note(flag_of(snap, "jailmode"), "jailmode");
  note(flag_of(snap, "trymode"), "try");
  return or_dash(notes);
}

} // namespace troupe::cli
