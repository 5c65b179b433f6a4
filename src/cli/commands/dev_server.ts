import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
export function addDevServer(_program: Command, _io: Io): void {}
