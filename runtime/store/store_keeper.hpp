#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/index_file.hpp"
#include "runtime/store/minisign.hpp"

namespace troupe {

/// How images are added to a store.
struct add_options {
  std::vector<std::string> channels;          ///< What the new revisions are released to, in any form.
  std::optional<troupe::publisher> publisher; ///< Of the snaps; an absent one leaves what is known.
};

/// A revision that was added.
struct added_revision {
  std::string snap;
  std::string version;
  revision rev;
  std::vector<std::string> channels; ///< Whole names.
};

/// Makes and changes a directory store. Each change is made under a lock, as a whole or not at all, and
/// is signed where the store has a key. All throw failure.
class store_keeper {
public:
  using path = std::filesystem::path;

  /// Makes an empty store in a directory that is missing or empty. With a key file, the store is signed
  /// with that key, which is made where there is none.
  static void init(const path& directory, const std::optional<path>& key, std::string_view passphrase);

  store_keeper(path directory, std::string passphrase);

  /// What the store offers now, its signature checked.
  index_document read() const;

  /// The key that readers need; nothing where the store isn't signed.
  std::optional<minisign::public_key> public_key() const;

  /// Adds images, as the next revisions of their snaps. An image that is there already is refused.
  std::vector<added_revision> add(const std::vector<path>& images, const add_options& options);

  /// Returns the whole name of the channel.
  std::string release(const std::string& snap, revision rev, const std::string& channel);
  std::string close(const std::string& snap, const std::string& channel);

  /// Sets the declaration of a snap, the text of a JSON object.
  void declare(const std::string& snap, std::string_view declaration);

  /// Sets which automatic aliases a snap has, by alias the application.
  void set_aliases(const std::string& snap, const std::map<std::string, std::string>& aliases);

private:
  /// What the store remembers beside its index.
  struct settings {
    std::optional<path> secret_key;
    std::optional<minisign::public_key> public_key;
  };

  settings load_settings() const;
  void change(const std::function<void(store_index&)>& edit);
  static void write(const path& directory, const index_document& document,
                    const std::optional<minisign::secret_key>& key);
  void finish_signing(const settings& known) const;
  added_revision add_one(store_index& index, const path& image, const add_options& options,
                         std::vector<path>& placed) const;

  path directory_;
  std::string passphrase_;
};

/// Compares a store's files with its index; returns what is wrong, a sentence each. Throws failure where
/// the index itself can't be read or its signature is wrong.
std::vector<std::string> check_store(const std::filesystem::path& directory, const store_keeper& keeper);

} // namespace troupe
