#pragma once

#include <memory>
#include <string>

#include "cli/commands/session.hpp"
#include "runtime/store/store_keeper.hpp"

/// The commands below `troupe store`, each in a file by its group.
namespace troupe::cli {

/// What all of them are told.
struct store_request {
  std::string directory;
  std::string passphrase_file;

  store_keeper keeper() const;
  std::string passphrase() const;
};

/// Adds DIR, the first argument of each.
void add_directory(CLI::App& command, store_request& request);

/// Adds --passphrase-file, for those that sign.
void add_passphrase(CLI::App& command, store_request& request);

void add_store_init(CLI::App& store, session& session);
void add_store_add(CLI::App& store, session& session);
void add_store_release(CLI::App& store, session& session);
void add_store_close(CLI::App& store, session& session);
void add_store_declare(CLI::App& store, session& session);
void add_store_aliases(CLI::App& store, session& session);
void add_store_list(CLI::App& store, session& session);
void add_store_verify(CLI::App& store, session& session);

} // namespace troupe::cli
