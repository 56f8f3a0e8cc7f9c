# Compiler cache, linker, warnings and sanitizers: the same for every target that is ours.
find_program(HIVE_CCACHE ccache)
if(HIVE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${HIVE_CCACHE})
endif()
find_program(HIVE_MOLD mold)
find_program(HIVE_LLD ld.lld)
if(HIVE_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(HIVE_LLD)
  add_link_options(-fuse-ld=lld)
endif()

if(HIVE_SANITIZE)
  add_compile_options(-fsanitize=${HIVE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HIVE_SANITIZE})
  if(HIVE_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

# Warnings for our own code only; third-party headers come in as SYSTEM.
add_library(hive_flags INTERFACE)
target_compile_options(hive_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion)
if(HIVE_WERROR)
  target_compile_options(hive_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarm of GCC 12 on std::string's operator+ when optimising: gcc.gnu.org/PR105651.
  target_compile_options(hive_flags INTERFACE -Wno-restrict)
endif()
if(CMAKE_UNITY_BUILD)
  # Several sources are compiled as one: what is global in one is no business of another's locals, and all of them look
  # like headers.
  target_compile_options(hive_flags INTERFACE -Wshadow=local -Wno-subobject-linkage)
else()
  target_compile_options(hive_flags INTERFACE -Wshadow)
endif()
if(HIVE_SANITIZE)
  # GCC documents false positives of this one together with -fsanitize.
  target_compile_options(hive_flags INTERFACE -Wno-maybe-uninitialized)
endif()
if(HIVE_SANITIZE MATCHES thread)
  # Boost.Asio has fences of its own, which GCC says TSan does not model.
  target_compile_options(hive_flags INTERFACE -Wno-tsan)
endif()
target_include_directories(hive_flags INTERFACE ${CMAKE_SOURCE_DIR})
