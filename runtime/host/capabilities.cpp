#include "runtime/host/capabilities.hpp"

#include <sys/capability.h>
#include <unistd.h>

#include <memory>
#include <type_traits>

#include "runtime/host/system_error.hpp"

namespace troupe::host {

bool is_capability(const std::string& name) {
  cap_value_t ignored{};
  return cap_from_name(("cap_" + name).c_str(), &ignored) == 0;
}

void keep_capabilities(const std::set<std::string>& kept) {
  constexpr auto what = "cannot give up capabilities";
  const std::unique_ptr<std::remove_pointer_t<cap_t>, decltype(&cap_free)> own{cap_get_proc(), cap_free};
  if (!own || cap_clear_flag(own.get(), CAP_INHERITABLE) != 0 || cap_set_proc(own.get()) != 0 ||
      cap_reset_ambient() != 0)
    throw_errno(what);
  // What others execute gets none, since no program gives any from here on.
  if (geteuid() != 0)
    return;
  std::set<cap_value_t> numbers;
  for (const auto& name : kept)
    if (cap_value_t number{}; cap_from_name(("cap_" + name).c_str(), &number) == 0)
      numbers.insert(number);
  for (cap_value_t each = 0; CAP_IS_SUPPORTED(each); ++each)
    if (!numbers.contains(each) && cap_get_bound(each) == 1 && cap_drop_bound(each) != 0)
      throw_errno(what);
}

} // namespace troupe::host
