/** Every unit test, for a runtime that has a disk. */
import "./portable.ts";
import "./disk.ts";
