#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "runtime/api/http_client.hpp"
#include "runtime/json/json.hpp"

namespace troupe::test {

using form_fields = std::vector<std::pair<std::string, std::string>>;

/// Posts an image as `install --dangerous` does. Fields of the caller come besides.
http_client::answer post_install(http_client& daemon, const std::filesystem::path& image,
                                 const form_fields& more = {});

/// Starts an install and returns its change. Throws api_error where it is refused.
std::string start_install(http_client& daemon, const std::filesystem::path& image,
                          const form_fields& more = {});

/// Starts remove, enable or disable.
std::string start_action(http_client& daemon, const std::string& snap, const std::string& action);

/// A change as it is now.
json::object get_change(http_client& daemon, const std::string& id);

/// Waits until a change is ready and returns it. Throws std::runtime_error if it takes absurdly long.
json::object wait_for_change(http_client& daemon, const std::string& id);

/// Installs an image, waits and returns the change.
json::object install(http_client& daemon, const std::filesystem::path& image,
                     const form_fields& more = {});

json::array list_snaps(http_client& daemon);

/// The ids of the changes that aren't ready.
std::vector<std::string> unready_changes(http_client& daemon);

std::string text(const json::object& from, const std::string& key);

/// A change's tasks as "SUMMARY: STATUS", in order.
std::vector<std::string> task_statuses(const json::object& change);

/// The task whose summary holds this text. Throws std::runtime_error where there is none.
json::object task_of(const json::object& change, const std::string& part_of_summary);

/// A task's log as one text.
std::string log_of(const json::object& task);

} // namespace troupe::test
