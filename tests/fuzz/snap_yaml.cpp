#include "runtime/snap/snap_yaml.hpp"

#include <optional>

#include "messages/failure.hpp"
#include "tests/fuzz/checks.hpp"

namespace troupe::fuzz {

void check_snap_yaml(std::string_view input) {
  std::optional<snap_info> info;
  try {
    info = parse_snap_yaml(input);
  } catch (const failure& refusal) {
    std::string_view message = refusal.what();
    require_showable(message);
    require(message.starts_with("cannot read meta/snap.yaml: "), "a refusal says what can't be read");
    return;
  }
  require_sound(*info);
  require(parse_snap_yaml(input) == *info, "the same text gives the same metadata");
}

} // namespace troupe::fuzz
