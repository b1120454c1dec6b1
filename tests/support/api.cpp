#include "tests/support/api.hpp"

#include <stdexcept>

#include "tests/support/temporary_root.hpp"

namespace troupe::test {

http_client::answer post_install(http_client& daemon, const std::filesystem::path& image,
                                 const form_fields& more) {
  form_fields fields{{"action", "install"}, {"snap-path", image.string()}, {"dangerous", "true"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return daemon.post_form("/v2/snaps", fields, "snap", image);
}

std::string start_install(http_client& daemon, const std::filesystem::path& image,
                          const form_fields& more) {
  return change_of(post_install(daemon, image, more));
}

std::string start_action(http_client& daemon, const std::string& snap, const std::string& action) {
  return change_of(daemon.post("/v2/snaps/" + snap, json::object{{"action", action}}));
}

json::object get_change(http_client& daemon, const std::string& id) {
  return result_of(daemon.get("/v2/changes/" + id)).as_object();
}

json::object wait_for_change(http_client& daemon, const std::string& id) {
  json::object change;
  auto ended = eventually([&] {
    change = get_change(daemon, id);
    return change.at("ready").as_bool();
  });
  if (!ended)
    throw std::runtime_error{"change " + id + " doesn't end: " + json::write(change)};
  return change;
}

json::object install(http_client& daemon, const std::filesystem::path& image, const form_fields& more) {
  return wait_for_change(daemon, start_install(daemon, image, more));
}

json::array list_snaps(http_client& daemon) { return result_of(daemon.get("/v2/snaps")).as_array(); }

std::vector<std::string> unready_changes(http_client& daemon) {
  std::vector<std::string> ids;
  auto changes = result_of(daemon.get("/v2/changes?select=in-progress")).as_array();
  for (const auto& change : changes)
    ids.push_back(text(change.as_object(), "id"));
  return ids;
}

std::string text(const json::object& from, const std::string& key) { return json::string_or(from, key); }

std::vector<std::string> task_statuses(const json::object& change) {
  std::vector<std::string> result;
  for (const auto& task : change.at("tasks").as_array())
    result.push_back(text(task.as_object(), "summary") + ": " + text(task.as_object(), "status"));
  return result;
}

json::object task_of(const json::object& change, const std::string& part_of_summary) {
  for (const auto& task : change.at("tasks").as_array())
    if (text(task.as_object(), "summary").find(part_of_summary) != std::string::npos)
      return task.as_object();
  throw std::runtime_error{"no task \"" + part_of_summary + "\" in " + json::write(change)};
}

std::string log_of(const json::object& task) {
  std::string all;
  for (const auto& line : json::strings(task, "log"))
    all += line + "\n";
  return all;
}

} // namespace troupe::test
