#include <catch2/catch.hpp>

#include "runtime/host/capabilities.hpp"
#include "runtime/host/system_call_filter.hpp"
#include "runtime/interfaces/known_interfaces.hpp"

using namespace troupe;

namespace {

void check_names(const grants& may) {
  CHECK_NOTHROW(host::filter_compiler({}).compile({may.system_calls, may.socket_families}));
  for (const auto& name : may.capabilities) {
    INFO(name);
    CHECK(host::is_capability(name));
  }
  for (const auto* list : {&may.read, &may.write})
    for (const auto& path : *list) {
      INFO(path);
      CHECK((path.starts_with("/") || path.starts_with("$HOME/") || path.starts_with("$ROOT/") ||
             path.starts_with("$XDG_RUNTIME_DIR/")));
    }
}

} // namespace

TEST_CASE("whatever interfaces and the template grant has a name that is known") {
  check_names(template_grants());
  for (const auto& [name, interface] : known_interfaces().all()) {
    INFO(name);
    check_names(interface.grants.always);
  }
}
