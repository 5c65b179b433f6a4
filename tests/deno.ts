/** The tests that only Deno can run: of the scripts, and of loading the library by URL. */
