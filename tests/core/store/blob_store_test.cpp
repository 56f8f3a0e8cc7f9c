#include "core/base/digest.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/disk_file.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
namespace fs = std::filesystem;

TEST_CASE("a blob is found by its digest only") {
  scratch_home home;
  const auto sha256 = put_blob(home.where, "content");
  CHECK(blob_size(home.where, sha256) == 7u);
  CHECK_FALSE(blob_size(home.where, sha256_hex("other")));
  CHECK_FALSE(blob_size(home.where, "../../../etc/passwd"));
  CHECK_FALSE(blob_size(home.where, ""));
  CHECK(remove_blob(home.where, "../x").why().code == errc::bad_request);
  CHECK(remove_blob(home.where, sha256).value());
  CHECK_FALSE(remove_blob(home.where, sha256).value());
  CHECK_FALSE(blob_size(home.where, sha256));
}

TEST_CASE("a link or a folder in a blob's place is no blob") {
  scratch_home home;
  const auto name = sha256_hex("x");
  fs::create_directories(home.where.blob(name).parent_path());
  SECTION("link") {
    write_file(home.folder.path() / "elsewhere", "x");
    fs::create_symlink(home.folder.path() / "elsewhere", home.where.blob(name));
  }
  SECTION("folder") {
    fs::create_directories(home.where.blob(name));
  }
  CHECK_FALSE(blob_size(home.where, name));
}

TEST_CASE("placing on the same file system shares the bytes and replaces what is there") {
  scratch_folder folder;
  write_file(folder.path() / "from", "new");
  write_file(folder.path() / "to", "something old");
  CHECK(place(folder.path() / "from", folder.path() / "to").value() == link_kind::hard_link);
  CHECK(same_file(folder.path() / "from", folder.path() / "to"));
  CHECK(place(folder.path() / "from", folder.path() / "to").value() == link_kind::hard_link);
  CHECK(std::distance(fs::directory_iterator{folder.path()}, fs::directory_iterator{}) == 2);
  CHECK_FALSE(place(folder.path() / "none", folder.path() / "to"));
  CHECK(read_file(folder.path() / "to") == "new");
}

TEST_CASE("placing across file systems copies, and says so") {
  scratch_folder folder;
  small_disk disk{folder.path() / "other", 4u << 20};
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  const std::string text(2'500'000, 'q');
  const auto to = folder.path() / "other" / "to";
  write_file(folder.path() / "from", text);
  CHECK(place(folder.path() / "from", to).value() == link_kind::copy);
  CHECK(read_file(to) == text);
  struct stat seen {};
  REQUIRE(::stat(to.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0444);
  SECTION("a copy that does not fit leaves what was there and nothing else") {
    write_file(folder.path() / "from", text + text);
    const auto again = place(folder.path() / "from", to);
    REQUIRE_FALSE(again);
    CHECK(again.why().code == errc::disk_full);
    CHECK(read_file(to) == text);
    CHECK(std::distance(fs::directory_iterator{to.parent_path()}, fs::directory_iterator{}) == 1);
  }
}

TEST_CASE("errno becomes the error whose owner can act") {
  const fs::path what{"/some/where"};
  CHECK(disk_failure(ENOSPC, "write", what).code == errc::disk_full);
  CHECK(disk_failure(EDQUOT, "write", what).code == errc::disk_full);
  CHECK(disk_failure(EIO, "write", what).code == errc::disk_failed);
  CHECK(disk_failure(EROFS, "write", what).code == errc::home_unwritable);
  CHECK(disk_failure(EROFS, "write", what).hint.find("read-only") != std::string::npos);
  CHECK(disk_failure(EFBIG, "write", what).code == errc::disk_failed);
  CHECK(disk_failure(EFBIG, "write", what).hint.find("HIVE_HOME") != std::string::npos);
  CHECK(disk_failure(EACCES, "write", what).code == errc::home_unwritable);
  CHECK(disk_failure(EIO, "write", what).detail == "cannot write /some/where: Input/output error");
}

TEST_CASE("a text is replaced whole, under names of any length") {
  scratch_folder folder;
  const auto to = folder.path() / std::string(255, 'n');
  REQUIRE(replace_file(to, "one"));
  REQUIRE(replace_file(to, "two"));
  CHECK(read_text(to, 3).value() == "two");
  CHECK(read_text(to, 2).why().code == errc::too_large);
  CHECK(read_text(folder.path() / "none", 2).why().code == errc::not_found);
  CHECK(std::distance(fs::directory_iterator{folder.path()}, fs::directory_iterator{}) == 1);
  CHECK(is_temporary(temporary_beside(to).filename().string()));
  CHECK_FALSE(is_temporary("model.hive-new"));
  CHECK_FALSE(is_temporary(to.filename().string()));
}
