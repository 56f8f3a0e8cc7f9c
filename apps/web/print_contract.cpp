/// Prints the API's contract, from which the page's types are made. Part of the build.

#include "apps/http/contract.hpp"

#include <iostream>

int main() {
  std::cout << hive::http::openapi_text();
}
