/** The tests that need files, sockets or processes: Deno, Bun and Node. */
