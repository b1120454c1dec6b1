#include "cli/snapctl/client.hpp"

// The definitions, so that nothing has to be linked for them.
#include <boost/json/src.hpp>

// The snapctl that hooks find. It is linked statically: in its base's root a hook finds none of the
// host's libraries.

int main(int argc, char** argv) { return troupe::run_snapctl({argv + (argc > 0 ? 1 : 0), argv + argc}); }
