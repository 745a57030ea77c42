// SPDX-License-Identifier: Apache-2.0
//
// The description of every route (OpenAPI 3.1), made from the table of routes and three tables of
// words beside it: one row a route (openapi_routes.cc), one schema an object (openapi_schemas.cc), one
// line a parameter of a query (openapi.cc). Private to this module.
//
// To add a route: a row in routes.cc, its handler, and a row here; a new object is a row of schemas.
// openapi_test.cc fails while one of them is missing, and test/e2e/openapi_test.py asks a running node
// whether it answers as it says.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/base.h"

namespace corridor::api {

// What a body is: the name of a schema, "list:" and the name of one (a page of items), or a media
// type. Empty: there is none.
using BodyWord = std::string_view;

struct Description {
  std::string_view method;
  std::string_view path;
  std::string_view tag;
  std::string_view summary;
  BodyWord request;
  BodyWord answer;
  std::string_view statuses;  // "201 400 409": the first for when it goes well
  std::string_view query;     // names of parameters, with spaces between them; "peer!" must be given
};
struct Schema {
  std::string_view name;
  std::string_view json;
};
struct QueryParameter {
  std::string_view name;
  std::string_view type;
  std::string_view what;
};

std::span<const Description> descriptions();
std::span<const Schema> schemas();
std::span<const QueryParameter> query_parameters();

// `internal` names the route, schema or parameter that the tables lack.
Result<std::string> make_openapi();

}  // namespace corridor::api
