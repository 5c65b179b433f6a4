/**
 * The only file that names a dependency of the command.
 *
 * @module
 */

/** The command-line parser. */
export { Command, CommanderError, InvalidArgumentError, Option } from "npm:commander@14.0.3";
/** Progress bars on a terminal. */
// @ts-types="npm:@types/cli-progress@3.11.6"
export { default as cliProgress } from "npm:cli-progress@3.12.0";
