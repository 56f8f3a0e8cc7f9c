# hive_web: the page, made by npm packages and put into the binary. Without npm, or where its packages cannot be had, the
# binary has none and says so at "/".
option(HIVE_PAGE "put the page into the binary; needs npm" ON)
find_program(HIVE_NODE_JS node)
find_program(HIVE_NPM npm)

# Its packages, as the lock file pins them; again when that changes.
function(hive_page_packages found)
  set(lock ${CMAKE_SOURCE_DIR}/apps/web/package-lock.json)
  set(done ${CMAKE_SOURCE_DIR}/apps/web/node_modules/installed.json)
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lock})
  set(same 1)
  if(EXISTS ${done})
    execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${lock} ${done} RESULT_VARIABLE same OUTPUT_QUIET ERROR_QUIET)
  endif()
  if(NOT same EQUAL 0)
    execute_process(COMMAND ${HIVE_NPM} ci --ignore-scripts --no-audit --no-fund WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/apps/web
                    RESULT_VARIABLE same OUTPUT_QUIET ERROR_VARIABLE said TIMEOUT 300)
    if(same EQUAL 0)
      configure_file(${lock} ${done} COPYONLY)
    else()
      message(STATUS "npm ci in apps/web: ${same} ${said}")
    endif()
  endif()
  if(same EQUAL 0)
    set(${found} TRUE PARENT_SCOPE)
  endif()
endfunction()

set(page_there FALSE)
if(NOT HIVE_PAGE)
  message(STATUS "The page is left out (HIVE_PAGE is off); the API is whole")
elseif(NOT HIVE_NODE_JS OR NOT HIVE_NPM)
  message(STATUS "The page is left out: there is no npm; the API is whole")
else()
  hive_page_packages(page_there)
  if(NOT page_there)
    message(STATUS "The page is left out: npm could not get its packages; the API is whole")
  endif()
endif()

set(page_source apps/web/no_page.cpp)
if(page_there)
  # The types come from the contract, and the contract from the sources that answer with it.
  add_executable(hive_contract apps/web/print_contract.cpp apps/http/openapi.cpp apps/http/openapi_components.cpp)
  target_include_directories(hive_contract PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(hive_contract PRIVATE hive_flags)
  set(page_source ${CMAKE_BINARY_DIR}/page/page.cpp)
  file(GLOB_RECURSE page_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/apps/web/src/* ${CMAKE_SOURCE_DIR}/apps/web/*.json)
  list(FILTER page_parts EXCLUDE REGEX "/node_modules/")
  add_custom_command(
    OUTPUT ${page_source}
    COMMAND ${HIVE_NODE_JS} ${CMAKE_SOURCE_DIR}/apps/web/build.mjs $<TARGET_FILE:hive_contract> ${CMAKE_BINARY_DIR}/page
    DEPENDS hive_contract ${page_parts} ${CMAKE_SOURCE_DIR}/apps/web/build.mjs
    COMMENT "Building the page" VERBATIM)
endif()
add_library(hive_web STATIC ${page_source})
target_sources(hive_web PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES apps/web/page.hpp)
