/** Environments and files for which the AWS SDK for Go and we must come to the same conclusion. */
import { CLIENTS } from "./setups/clients.ts";
import type { Setup } from "./setups/common.ts";
import { DIALECT } from "./setups/dialect.ts";
import { ENDPOINTS } from "./setups/endpoints.ts";
import { ENVIRONMENT } from "./setups/environment.ts";
import { FILES } from "./setups/files.ts";
import { OTHERS } from "./setups/others.ts";
import { ROLES } from "./setups/roles.ts";
import { TOKENS } from "./setups/tokens.ts";

/** All of them. */
export const SETUPS: Setup[] = [
  ...ENVIRONMENT,
  ...ENDPOINTS,
  ...CLIENTS,
  ...FILES,
  ...DIALECT,
  ...ROLES,
  ...TOKENS,
  ...OTHERS,
];
