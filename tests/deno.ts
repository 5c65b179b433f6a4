/** The tests that only Deno can run: of the scripts, and of loading the library by URL. */
import "./credentials/deno_test.ts";
import "./examples/s3_test.ts";
import "./runtimes/by_url_test.ts";
import "./scripts/check_layers_test.ts";
import "./scripts/count_test.ts";
import "./scripts/store_test.ts";
