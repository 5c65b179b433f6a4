/** Every test that needs neither a disk nor a socket: these run on all four runtimes. */
