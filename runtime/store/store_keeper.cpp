#include "runtime/store/store_keeper.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "messages/failure.hpp"
#include "runtime/host/durable.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/host/system_error.hpp"
#include "runtime/json/json.hpp"
#include "runtime/limits.hpp"
#include "runtime/rules/channel.hpp"
#include "runtime/snap/digest.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/directory_store.hpp"
#include "runtime/store/signed_index.hpp"
#include "runtime/store/store_edits.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;

// Hidden ones aren't for readers. Other users, such as a web server's, can't read them.
constexpr auto settings_file = ".store.json";
constexpr auto lock_name = ".lock";
constexpr auto next_signature = ".index.json.minisig.next";
constexpr auto public_key_name = "store.pub";
constexpr mode_t open_file = 0644;
constexpr mode_t closed_file = 0600;

std::string shown(const fs::path& directory) { return in_quotes(directory.native()); }

/// Waits until nobody else changes the store; whoever ends frees it.
host::file_descriptor locked(const fs::path& directory) {
  host::file_descriptor lock{
      open((directory / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, closed_file)};
  int result = -1;
  while (lock && (result = flock(lock.get(), LOCK_EX)) != 0 && errno == EINTR)
    ;
  if (result != 0)
    host::throw_errno("cannot change store " + shown(directory));
  return lock;
}

std::string comment_for(const index_document& document) {
  return "file:index.json\tserial:" + std::to_string(document.serial);
}

/// Copies a file into the store under a name that readers don't see, readable by all.
void copy_image(const fs::path& from, const fs::path& to) {
  auto what = "cannot add " + in_quotes(from.native());
  const host::file_descriptor in{open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status {};
  if (!in || fstat(in.get(), &status) != 0)
    host::throw_errno(what);
  if (!S_ISREG(status.st_mode))
    throw failure{what + ": it is no regular file"};
  if (static_cast<std::uint64_t>(status.st_size) > limits::store_image_bytes)
    throw failure{what + ": it is larger than " + std::to_string(limits::store_image_bytes) + " bytes"};
  unlink(to.c_str());
  const host::file_descriptor out{open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, closed_file)};
  if (!out)
    host::throw_errno(what);
  host::copy_content(in.get(), out.get(), static_cast<std::uint64_t>(status.st_size), what);
  if (fchmod(out.get(), open_file) != 0)
    host::throw_errno(what);
  host::sync_descriptor(out.get(), what);
}

time_point now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

/// Removes a file at the end, if it is still there.
struct removal {
  fs::path file;
  ~removal() { unlink(file.c_str()); }
};

/// Removes the images of a change that failed, except those that the index came to know all the same.
void remove_unlisted(const fs::path& directory, const std::vector<fs::path>& images) {
  std::set<std::string> listed;
  auto text = read_small_file(directory / store_file::index, limits::store_index_bytes);
  for (const auto& [name, snap] : read_index(text, {}).index.snaps)
    for (const auto& revision : snap.revisions)
      listed.insert(directory / revision.source.file);
  for (const auto& image : images)
    if (!listed.contains(image))
      unlink(image.c_str());
}

store_snap& snap_for(store_index& index, const snap_info& info) {
  auto [found, is_new] = index.snaps.try_emplace(info.name);
  if (is_new) {
    if (index.snaps.size() > limits::store_snaps)
      throw failure{"cannot add snap \"" + info.name + "\": the store holds " +
                    std::to_string(limits::store_snaps) + " snaps already"};
    found->second.name = info.name;
    found->second.id = store_edits::fresh_id();
  }
  return found->second;
}

} // namespace

void store_keeper::init(const path& directory, const std::optional<path>& key,
                        std::string_view passphrase) {
  auto what = "cannot make a store in " + shown(directory) + ": ";
  host::real_files files;
  if (!key && !passphrase.empty())
    throw failure{what + "a passphrase makes sense with --key only"};
  files.make_dirs(directory, 0755);
  auto lock = locked(directory);
  auto names = files.list(directory);
  std::erase(names, lock_name);
  if (std::ranges::find(names, store_file::index) != names.end())
    throw failure{what + "there is one already"};
  // A former try that was killed has left what hides behind a dot at most.
  if (std::ranges::any_of(names, [](const auto& name) {
        return !name.starts_with('.') && name != store_file::images && name != public_key_name &&
               name != store_file::signature;
      }))
    throw failure{what + "the directory isn't empty; name a new one"};
  std::optional<minisign::secret_key> secret;
  json::object known;
  if (key) {
    auto file = fs::absolute(*key).lexically_normal();
    auto inside = file.lexically_relative(fs::absolute(directory).lexically_normal());
    if (!inside.empty() && *inside.begin() != "..")
      throw failure{what + "the secret key can't lie in the store, which others may read"};
    if (!files.exists(file))
      minisign::secret_key::generate().write(file, passphrase);
    secret.emplace(minisign::secret_key::read(file, passphrase));
    known = {{"key", file.string()}, {"public-key", minisign::to_text(secret->public_part())}};
    files.write_file(directory / public_key_name, minisign::public_key_file(secret->public_part()),
                     open_file);
  }
  files.make_dirs(directory / store_file::images, 0755);
  files.write_file(directory / settings_file, json::write(known) + "\n", closed_file);
  write(directory, {.serial = 1, .index = {}}, secret);
}

store_keeper::store_keeper(path directory, std::string passphrase)
    : directory_{std::move(directory)}, passphrase_{std::move(passphrase)} {
  if (!fs::exists(directory_ / store_file::index))
    throw failure{"cannot use " + shown(directory_) +
                  " as a store: it has no index.json; 'troupe store init DIR' makes a store"};
}

store_keeper::settings store_keeper::load_settings() const {
  constexpr std::size_t most = 64U << 10;
  settings result;
  auto text = read_small_file(directory_ / settings_file, most);
  auto known = json::parse_object(text);
  if (auto key = json::string_or(known, "key"); !key.empty()) {
    result.secret_key = key;
    result.public_key = minisign::public_key_from(json::string_or(known, "public-key"));
  }
  return result;
}

std::optional<minisign::public_key> store_keeper::public_key() const {
  return load_settings().public_key;
}

index_document store_keeper::read() const {
  directory_store place{directory_};
  return read_signed_index(place, directory_.string(), public_key(), {});
}

// The signature lies ready before the index gets its name: whoever is killed in between leaves what the
// next one needs.
void store_keeper::write(const path& directory, const index_document& document,
                         const std::optional<minisign::secret_key>& key) {
  auto text = write_index(document);
  if (text.size() > limits::store_index_bytes)
    throw failure{"cannot change store " + shown(directory) + ": its index would be larger than " +
                  std::to_string(limits::store_index_bytes) + " bytes"};
  host::real_files files;
  if (key)
    files.write_file(directory / next_signature, key->sign(text, comment_for(document)), open_file);
  files.write_file(directory / store_file::index, text, open_file);
  if (key)
    files.rename(directory / next_signature, directory / store_file::signature);
}

void store_keeper::finish_signing(const settings& known) const {
  auto next = read_if_there(directory_ / next_signature, limits::store_signature_bytes);
  if (!next || !known.public_key)
    return;
  auto text = read_small_file(directory_ / store_file::index, limits::store_index_bytes);
  try {
    minisign::verify(*known.public_key, text, *next);
  } catch (const failure&) {
    return; // It was made for an index that never got its name.
  }
  host::real_files{}.rename(directory_ / next_signature, directory_ / store_file::signature);
}

void store_keeper::change(const std::function<void(store_index&)>& edit) {
  auto lock = locked(directory_);
  auto known = load_settings();
  std::optional<minisign::secret_key> key;
  if (known.secret_key) {
    key.emplace(minisign::secret_key::read(*known.secret_key, passphrase_));
    if (key->public_part() != known.public_key)
      throw failure{"cannot change store " + shown(directory_) + ": " +
                    in_quotes(known.secret_key->native()) + " isn't the key it was made with"};
  }
  finish_signing(known);
  auto document = read();
  edit(document.index);
  ++document.serial;
  write(directory_, document, key);
}

std::vector<added_revision> store_keeper::add(const std::vector<path>& images,
                                              const add_options& options) {
  std::vector<added_revision> result;
  std::vector<path> placed;
  try {
    change([&](store_index& index) {
      for (const auto& image : images)
        result.push_back(add_one(index, image, options, placed));
    });
  } catch (const failure&) {
    if (!placed.empty())
      remove_unlisted(directory_, placed);
    throw;
  }
  return result;
}

added_revision store_keeper::add_one(store_index& index, const path& image, const add_options& options,
                                     std::vector<path>& placed) const {
  auto what = "cannot add " + in_quotes(image.native()) + ": ";
  auto copy = host::unfinished(directory_ / store_file::images / "added.snap");
  removal unfinished{copy};
  copy_image(image, copy);
  snap_info info;
  try {
    info = read_image_info(copy);
  } catch (const failure& fault) {
    // It names the copy, which means nothing to the user.
    std::string why{fault.what()};
    throw failure{fault.kind(),
                  what + why.substr(why.find("\": ") == why.npos ? 0 : why.find("\": ") + 3)};
  }
  auto& snap = snap_for(index, info);
  auto digest = sha3_384_of_file(copy);
  for (const auto& known : snap.revisions)
    if (known.source.sha3_384 == digest)
      throw failure{what + "the store has it already, as revision " + to_string(known.rev) +
                    " of snap \"" + snap.name + "\"; offer it by: troupe store release DIR " +
                    snap.name + " " + to_string(known.rev) + " CHANNEL"};
  if (snap.revisions.size() >= limits::store_snap_revisions)
    throw failure{what + "snap \"" + snap.name + "\" has " + std::to_string(snap.revisions.size()) +
                  " revisions already"};
  store_revision next;
  next.rev = {snap.revisions.empty() ? 1 : snap.revisions.back().rev.number + 1};
  next.added_at = now();
  next.source = {.store = {},
                 .file = std::string{store_file::images} + "/" + snap.name + "_" + to_string(next.rev) +
                         ".snap",
                 .bytes = info.image_bytes,
                 .sha3_384 = digest};
  added_revision result{snap.name, info.version, next.rev, {}};
  host::rename_durably(copy, directory_ / next.source.file);
  placed.push_back(directory_ / next.source.file);
  next.info = std::make_shared<const snap_info>(std::move(info));
  snap.revisions.push_back(std::move(next));
  if (options.publisher)
    snap.publisher = *options.publisher;
  for (const auto& channel : options.channels)
    result.channels.push_back(store_edits::release(snap, result.rev, channel));
  return result;
}

std::string store_keeper::release(const std::string& snap, revision rev, const std::string& channel) {
  std::string name;
  change([&](store_index& index) {
    name = store_edits::release(store_edits::snap_in(index, snap), rev, channel);
  });
  return name;
}

std::string store_keeper::close(const std::string& snap, const std::string& channel) {
  std::string name;
  change([&](store_index& index) {
    name = store_edits::close(store_edits::snap_in(index, snap), channel);
  });
  return name;
}

void store_keeper::declare(const std::string& snap, std::string_view declaration) {
  json::object rules;
  try {
    rules = json::parse_object(declaration);
  } catch (const failure& fault) {
    throw failure{"cannot declare snap " + in_quotes(snap) + ": " + fault.what()};
  }
  change(
      [&](store_index& index) { store_edits::snap_in(index, snap).declaration = json::write(rules); });
}

void store_keeper::set_aliases(const std::string& snap,
                               const std::map<std::string, std::string>& aliases) {
  change(
      [&](store_index& index) { store_edits::set_aliases(store_edits::snap_in(index, snap), aliases); });
}

} // namespace troupe
