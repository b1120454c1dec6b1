#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "actors/gateway_ask.hpp"
#include "actors/installed.hpp"
#include "actors/removal.hpp"
#include "runtime/api/resources.hpp"
#include "runtime/api/snap_requests.hpp"
#include "runtime/api/target.hpp"
#include "runtime/rules/running_apps.hpp"
#include "runtime/rules/verbs.hpp"
#include "runtime/snap/base.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/names.hpp"
#include "runtime/tasks/plan_resource.hpp"

namespace troupe {

namespace {

std::set<std::string> names_asked_for(const request& what, const std::string& key) {
  auto names = query_list(what.query, key);
  return {names.begin(), names.end()};
}

/// The fields of a form, and where its files are.
struct install_form {
  std::map<std::string, std::string> fields;
  std::vector<std::size_t> file_parts;

  bool is_set(const std::string& key) const { return field(key) == "true"; }
  std::string field(const std::string& key) const {
    auto found = fields.find(key);
    return found == fields.end() ? std::string{} : found->second;
  }
};

install_form read_form(const request& what) {
  install_form form;
  for (std::size_t i = 0; i < what.parts.size(); ++i) {
    const auto& part = what.parts[i];
    if (part.file.empty())
      form.fields.emplace(part.name, part.value);
    else if (part.name == "snap")
      form.file_parts.push_back(i);
  }
  if (form.field("action") != "install")
    throw failure{"cannot take files for action \"" + form.field("action") +
                  "\"; install is the only one"};
  if (form.file_parts.empty())
    throw failure{"cannot install: the request holds no snap file"};
  if (form.file_parts.size() > 1 && !form.field("name").empty())
    throw failure{"cannot install: a name was given for more than one file"};
  return form;
}

snap_flags flags_of(const install_form& form) {
  return {form.is_set("devmode"), form.is_set("jailmode"), form.is_set("classic")};
}

void check_trust(const install_form& form, const std::string& filename) {
  if (!form.is_set("dangerous") && !form.is_set("devmode"))
    throw failure{"cannot find signatures with metadata for snap \"" + filename +
                  "\"; use --dangerous to install a file without them"};
}

std::vector<std::string> images_of(const operation_request& wanted) {
  std::vector<std::string> images;
  for (const auto& snap : wanted.snaps)
    if (!snap.image.empty())
      images.push_back(snap.image);
  return images;
}

} // namespace

void gateway::snaps(const exchange_ptr& what, const std::string&) {
  auto names = names_asked_for(what->what(), "snaps");
  auto select = what->what().query.find("select");
  auto all = select != what->what().query.end() && select->second == "all";
  ask_snaps(what, [this, names, all](const snap_list& list, const active_services& active) {
    json::array result;
    for (const auto& state : list) {
      if (!names.empty() && !names.contains(state->name))
        continue;
      for (const auto& revision : state->revisions)
        if (all || revision.rev == state->current)
          result.push_back(snap_resource(*state, revision, with_->host->paths, {}, active));
    }
    return sync(std::move(result));
  });
}

void gateway::snap(const exchange_ptr& what, const std::string& name) {
  check_instance_name(name);
  ask_snaps(what, [this, name](const snap_list& list, const active_services& active) {
    const auto& state = find_installed(list, name);
    const auto& shown = *state.find(state.current);
    return sync(snap_resource(state, shown, with_->host->paths, runs_on(*shown.info), active));
  });
}

std::string gateway::runs_on(const snap_info& info) const {
  auto has_root = with_->host->bases_have_roots && base_directory(with_->host->paths, info);
  return has_root ? wanted_base(info) : "host files";
}

// The images are synced before the change that needs them is accepted, so that no accepted change can
// lose its image to a power cut.
void gateway::install_files(const exchange_ptr& what, const std::string&) {
  if (!what->what().is_form)
    return operate_on_snaps(what);
  auto form = std::make_shared<const install_form>(read_form(what->what()));
  auto wanted = std::make_shared<operation_request>();
  wanted->uid = what->what().from.uid;
  set_options(*wanted, form->field("transaction"), form->field("conflict"));
  set_running_apps(*wanted, form->field("running-apps"), form->is_set("ignore-running"));
  auto read = [what, form, wanted, files = with_->host->os.files] {
    for (auto part : form->file_parts) {
      const auto& [name, filename, value, image, bytes] = what->what().parts.at(part);
      auto info = std::make_shared<snap_info>();
      try {
        *info = read_image_info(image);
      } catch (const failure& why) {
        throw in_users_words(why, image.string(), filename);
      }
      check_trust(*form, filename);
      files->sync_file(image);
      files->sync_dir(image.parent_path());
      snap_request snap;
      snap.verb = "install";
      snap.snap = form->field("name").empty() ? info->name : form->field("name");
      snap.info = info;
      auto path = form->field("snap-path");
      snap.given_path = path.empty() || form->file_parts.size() > 1 ? filename : path;
      snap.flags = flags_of(*form);
      snap.unaliased = form->is_set("unaliased");
      check_instance_name(snap.snap);
      wanted->snaps.push_back(std::move(snap));
    }
  };
  request(with_->effects, caf::infinite,
          perform_work{std::make_shared<const std::function<void()>>(std::move(read))})
      .then(
          [this, what, form, wanted](work_done) {
            if (form->is_set("plan"))
              return show_plan(what, *wanted);
            try {
              for (std::size_t i = 0; i < form->file_parts.size(); ++i)
                wanted->snaps[i].image = what->keep_file(form->file_parts[i]).string();
            } catch (const failure& why) {
              remove_files(images_of(*wanted));
              return what->reply(error(why));
            }
            begin(what, std::move(*wanted));
          },
          [what](const caf::error& why) { what->reply(error(to_failure(why))); });
}

void gateway::operate_on_snaps(const exchange_ptr& what) {
  auto body = json::parse_object(what->what().body);
  if (json::string_or(body, "action") == "snapshot")
    return save_snapshots(what, body);
  auto names = json::strings(body, "snaps");
  constexpr std::array of_all_snaps{"refresh", "hold", "unhold"};
  if (names.empty() &&
      std::ranges::find(of_all_snaps, json::string_or(body, "action")) == of_all_snaps.end())
    throw failure{"cannot start change: no snap is named"};
  operate(what, body, names);
}

void gateway::operate_on_snap(const exchange_ptr& what, const std::string& name) {
  operate(what, json::parse_object(what->what().body), {name});
}

void gateway::operate(const exchange_ptr& what, const json::object& body,
                      const std::vector<std::string>& names) {
  auto action = json::string_or(body, "action");
  if (action == "hold" || action == "unhold")
    return hold(what, body, names);
  fill_from_stores(
      what, operation_request_of(body, names, what->what().from.uid),
      [this, what, body](operation_request wanted) { start_or_plan(what, body, std::move(wanted)); });
}

void gateway::start_or_plan(const exchange_ptr& what, const json::object& body, operation_request wanted,
                            std::function<json::value(change_id)> result) {
  if (json::bool_or(body, "plan"))
    show_plan(what, std::move(wanted));
  else
    begin(what, std::move(wanted), std::move(result));
}

void gateway::show_plan(const exchange_ptr& what, operation_request wanted) {
  ask<change_record_ptr>(what, director_, plan_operation{std::move(wanted)},
                         [](const change_record_ptr& plan) { return sync(plan_resource(*plan)); });
}

void gateway::remove_files(const std::vector<std::string>& unwanted) {
  request(with_->effects, caf::infinite, perform_work{removal_of(unwanted, with_->host->os.files)})
      .then([](work_done) {}, [](const caf::error& why) { spdlog::warn("{}", to_failure(why).what()); });
}

// Who wants to fail rather than wait for applications hears of them before anything is downloaded. What
// is not seen now the change itself will see.
void gateway::begin(const exchange_ptr& what, operation_request wanted,
                    std::function<json::value(change_id)> result) {
  const auto may_replace = [](const snap_request& snap) { return may_replace_revision(snap.verb); };
  if (wanted.on_running_apps != running_apps::fail || std::ranges::none_of(wanted.snaps, may_replace))
    return start(what, std::move(wanted), std::move(result));
  auto seen = std::make_shared<operation_request>(std::move(wanted));
  auto look = std::make_shared<const std::function<void()>>(
      [seen, may_replace, control = with_->host->os.run_control] {
        for (auto& snap : seen->snaps | std::views::filter(may_replace))
          if (auto running = control->running(snap.snap); !running.empty())
            snap.running = running_text(snap.snap, running);
      });
  auto go_on = [this, what, seen, result] { start(what, std::move(*seen), result); };
  request(with_->effects, caf::infinite, perform_work{std::move(look)})
      .then([go_on](work_done) { go_on(); }, [go_on](const caf::error&) { go_on(); });
}

void gateway::start(const exchange_ptr& what, operation_request wanted,
                    std::function<json::value(change_id)> result) {
  auto images = images_of(wanted);
  request(director_, caf::infinite, start_operation{std::move(wanted)})
      .then([what,
             result](change_id id) { what->reply(async(to_string(id), result ? result(id) : nullptr)); },
            [this, what, images](const caf::error& why) {
              remove_files(images);
              what->reply(error(to_failure(why)));
            });
}

} // namespace troupe
