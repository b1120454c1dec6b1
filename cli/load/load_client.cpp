#include "cli/load/load_client.hpp"

#include <algorithm>

namespace troupe::load {

namespace {

float milliseconds_since(steady::time_point due, steady::time_point now) {
  return std::chrono::duration<float, std::milli>(now - due).count();
}

// The daemon's own time of the end is exact, where we only look now and then; but its clock may be set
// meanwhile, so that it counts only between what we saw ourselves.
steady::time_point ready_at(const seen_change& change, steady::time_point accepted) {
  auto seen = steady::now();
  auto ago = std::chrono::system_clock::now() - change.ended;
  return std::clamp(seen - std::chrono::duration_cast<steady::duration>(ago), accepted, seen);
}

snap_condition result_of(operation_kind kind) {
  return kind == operation_kind::remove    ? snap_condition::absent
         : kind == operation_kind::disable ? snap_condition::disabled
                                           : snap_condition::active;
}

std::string told_by(const http_client::answer& got) {
  try {
    troupe::result_of(got);
  } catch (const failure& why) {
    return why.what();
  }
  return {};
}

std::string sort_of(const http_client::answer& got) {
  auto status = std::to_string(got.status);
  try {
    troupe::result_of(got);
  } catch (const api_error& refused) {
    return refused.word().empty() ? status + " without a kind" : refused.word();
  } catch (const failure&) {
    return status + " without an envelope";
  }
  return status;
}

} // namespace

void load_client::run() {
  while (auto due = ground_.pace.next()) {
    operation what;
    {
      std::lock_guard lock{ground_.guard};
      what = ground_.model.next();
    }
    ground_.notes.began();
    std::string change;
    try {
      perform(what, *due, change);
    } catch (const std::exception& broken) {
      ground_.notes.problem(std::string{to_word(what.kind)} + ": " + broken.what());
      ground_.pace.stop();
    }
    ground_.notes.finished();
    std::lock_guard lock{ground_.guard};
    ground_.model.finished(what, change);
  }
}

void load_client::perform(const operation& what, steady::time_point due, std::string& change) {
  auto got = ask(what);
  auto answered = milliseconds_since(due, steady::now());
  if (got.status >= 400) {
    note_refusal(what.kind, got);
    return;
  }
  ground_.notes.answered(what.kind, answered);
  if (!makes_change(what.kind)) {
    troupe::result_of(got);
    return;
  }
  change = change_of(got);
  {
    std::lock_guard lock{ground_.guard};
    ground_.model.accepted(what, change);
    ground_.accepted[change];
  }
  follow(what, due, change);
}

void load_client::note_refusal(operation_kind kind, const answer& got) {
  auto message = told_by(got);
  ground_.notes.refused(kind, sort_of(got), message);
  if (got.status >= 500 || message.empty() || !got.parsed.is_object())
    ground_.notes.problem(std::string{to_word(kind)} + " was answered with " +
                          std::to_string(got.status) + ": " + message);
}

void load_client::follow(const operation& what, steady::time_point due, const std::string& change) {
  auto accepted = steady::now();
  auto ended = daemon_.follow(change, ground_.gives_up);
  if (!ended.ready) {
    ground_.notes.ended(what.kind, ending::unknown, 0);
    return;
  }
  note_end(what, ended, milliseconds_since(due, ready_at(ended, accepted)));
}

void load_client::note_end(const operation& what, const seen_change& ended, float milliseconds) {
  auto how = ending::well;
  {
    std::lock_guard lock{ground_.guard};
    auto& kept = ground_.accepted[ended.id] = ended;
    kept.tasks = {}; // Thousands of changes are kept, and only their ends are asked for again.
    std::size_t carried_out = 0;
    for (auto snap : what.snaps) {
      const auto& name = ground_.snaps[snap].name;
      auto is_whole = ended.carried_out_for(name);
      carried_out += is_whole ? 1 : 0;
      if (is_whole || ended.has_discarded(name))
        ground_.model.settled(snap, result_of(what.kind), ended.begun);
      else if (ended.has_cleared(name))
        ground_.model.settled(snap, snap_condition::disabled, ended.begun);
      // An abort leaves alone what has begun to remove; only an error may end it half way.
      auto is_half_removed = ended.has_cleared(name) && ended.status != "Error";
      if (!is_whole && (ended.has_discarded(name) || is_half_removed))
        ground_.notes.problem("change " + ended.id + " has removed " + name + " and says " +
                              ended.status);
    }
    auto wanted = what.failing.empty()  ? what.snaps.size()
                  : what.all_or_nothing ? 0
                                        : what.snaps.size() - 1;
    auto as_meant = carried_out == wanted && (ended.status == "Done") == what.failing.empty();
    if (!as_meant)
      how = ground_.model.was_asked_to_abort(ended.id) ? ending::aborted : ending::unexpected;
  }
  ground_.notes.ended(what.kind, how, milliseconds);
  if (how == ending::unexpected)
    ground_.notes.problem("change " + ended.id + ", " + std::string{to_word(what.kind)} + ", ended as " +
                          ended.status + (ended.error.empty() ? "" : ": " + ended.error));
}

http_client::answer load_client::ask(const operation& what) {
  auto& client = daemon_.client();
  switch (what.kind) {
  case operation_kind::install:
  case operation_kind::failing_install:
  case operation_kind::install_many:
    return install(what);
  case operation_kind::remove:
  case operation_kind::disable:
  case operation_kind::enable:
    return client.post("/v2/snaps/" + name_of(what), json::object{{"action", to_word(what.kind)}});
  case operation_kind::abort:
    return client.post("/v2/changes/" + what.change, json::object{{"action", "abort"}});
  case operation_kind::list:
    return client.get("/v2/snaps");
  case operation_kind::info:
    return client.get("/v2/snaps/" + name_of(what));
  case operation_kind::changes:
    return client.get("/v2/changes?select=in-progress");
  case operation_kind::all_changes:
    break;
  }
  return client.get("/v2/changes?select=all");
}

http_client::answer load_client::install(const operation& what) {
  std::vector<std::pair<std::string, std::string>> fields{{"action", "install"}, {"dangerous", "true"}};
  if (what.all_or_nothing)
    fields.emplace_back("transaction", "all-snaps");
  std::vector<std::filesystem::path> images;
  for (auto number : what.snaps) {
    const auto& snap = ground_.snaps[number];
    auto fails = std::find(what.failing.begin(), what.failing.end(), number) != what.failing.end();
    images.push_back(fails ? snap.failing : snap.image);
  }
  return daemon_.client().post_form("/v2/snaps", fields, "snap", images);
}

} // namespace troupe::load
