# CAF 0.18.7, always built in-tree: the pinned tarball plus our hardening patch, static, as unity.
# Why this version and what the patch does: docs/decisions/0001-caf.md.
find_package(OpenSSL REQUIRED)
find_package(Threads REQUIRED)

set(HIVE_CAF_SHA256 d5c3abe8fd67a729aab1baeece10367637d903ba335f4c79378bcadfbcd34552)
set(FETCHCONTENT_BASE_DIR ${CMAKE_SOURCE_DIR}/build/_deps)
set(HIVE_CAF_TARBALL "" CACHE FILEPATH "CAF 0.18.7 source tarball (empty: cmake/fetch-caf.sh gets it)")
if(NOT HIVE_CAF_TARBALL)
  execute_process(
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/fetch-caf.sh ${FETCHCONTENT_BASE_DIR}/caf-tarball ${HIVE_CAF_SHA256}
    OUTPUT_VARIABLE tarball OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(HIVE_CAF_TARBALL ${tarball} CACHE FILEPATH "" FORCE)
endif()

foreach(off CAF_ENABLE_EXAMPLES CAF_ENABLE_TESTING CAF_ENABLE_TOOLS BUILD_SHARED_LIBS)
  set(${off} OFF CACHE BOOL "" FORCE)
endforeach()

# The patch is part of the source's name, so that a changed patch starts from a fresh tree.
set(caf_patch ${CMAKE_CURRENT_LIST_DIR}/caf-0.18.7-hardening.patch)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${caf_patch})
file(SHA256 ${caf_patch} caf_patch_hash)
string(SUBSTRING ${caf_patch_hash} 0 8 caf_patch_hash)
set(caf_source ${FETCHCONTENT_BASE_DIR}/caf-${caf_patch_hash})
if(NOT EXISTS ${caf_source}/.hive-ready)
  file(REMOVE_RECURSE ${caf_source})
  file(SHA256 ${HIVE_CAF_TARBALL} got)
  # A clone's archive (".git.tar.gz") was checked by its commit instead.
  if(NOT got STREQUAL HIVE_CAF_SHA256 AND NOT HIVE_CAF_TARBALL MATCHES "[.]git[.]tar[.]gz$")
    message(FATAL_ERROR "CAF: ${HIVE_CAF_TARBALL} has SHA-256 ${got}, not the pinned ${HIVE_CAF_SHA256}")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${HIVE_CAF_TARBALL} DESTINATION ${caf_source}.unpack)
  file(GLOB unpacked ${caf_source}.unpack/*)
  file(RENAME ${unpacked} ${caf_source})
  file(REMOVE_RECURSE ${caf_source}.unpack)
  execute_process(COMMAND patch -p1 -N -i ${caf_patch} WORKING_DIRECTORY ${caf_source}
                  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  file(TOUCH ${caf_source}/.hive-ready)
endif()
add_subdirectory(${caf_source} ${CMAKE_BINARY_DIR}/_deps/caf EXCLUDE_FROM_ALL SYSTEM)

foreach(lib libcaf_core libcaf_io libcaf_openssl)
  target_compile_options(${lib} PRIVATE -w)
  set_target_properties(${lib} PROPERTIES CXX_STANDARD 17 CXX_CLANG_TIDY "" UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
endforeach()
# These three define the same file-local names as their neighbours.
foreach(alone binary_serializer binary_deserializer)
  set_source_files_properties(${caf_source}/libcaf_core/src/${alone}.cpp TARGET_DIRECTORY libcaf_core
                              PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endforeach()
set_source_files_properties(${caf_source}/libcaf_io/src/io/network/native_socket.cpp TARGET_DIRECTORY libcaf_io
                            PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
