#include "runtime/api/pending_resource.hpp"

#include "runtime/api/resources.hpp"
#include "runtime/rules/log_lines.hpp"

namespace troupe {

json::object pending_resource(const pending_refresh& pending) {
  json::object result{{"snap", pending.snap},
                      {"change", to_string(pending.change)},
                      {"revision", to_string(pending.to)},
                      {"version", pending.version},
                      {"from-revision", to_string(pending.from)},
                      {"from-version", pending.from_version},
                      {"blocks", pending.blocks},
                      {"undoes", pending.undoes}};
  if (!pending.channel.empty())
    result["channel"] = pending.channel;
  if (pending.since)
    result["since"] = to_rfc3339(*pending.since);
  if (pending.waiting)
    result["waiting"] = wait_resource(*pending.waiting);
  return result;
}

} // namespace troupe
