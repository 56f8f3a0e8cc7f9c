# hive_room(NAME FOLDER DEPENDENCY…): the library hive_NAME of all sources in one folder but a program's main. Its headers are
# a file set, so that `all_verify_interface_header_sets` compiles each of them alone.
function(hive_room name folder)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main[.]cpp$")
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.hpp)
  add_library(hive_${name} STATIC ${sources})
  target_sources(hive_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
  target_link_libraries(hive_${name} PUBLIC ${ARGN} PRIVATE hive_flags)
endfunction()

# hive_test(NAME FOLDER LABELS LIBRARY…): one test binary of all sources in one folder of tests/.
function(hive_test name folder labels)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_link_libraries(test_${name} PRIVATE hive_test_main ${ARGN} hive_flags)
  # Catch2 is most of what compiling a small test takes.
  target_precompile_headers(test_${name} PRIVATE <tests/support/catch.hpp>)
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 900)
endfunction()
