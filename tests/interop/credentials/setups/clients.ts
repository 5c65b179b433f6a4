import type { Setup } from "./common.ts";

/** What a client is asked to do: AWS's hosts of a kind, and retries. */
export const CLIENTS: Setup[] = [
  {
    name: "client: FIPS and dual stack of the environment",
    env: { AWS_USE_FIPS_ENDPOINT: "TRUE", AWS_USE_DUALSTACK_ENDPOINT: "true" },
  },
  {
    name: "client: FIPS and dual stack of the profile",
    config: "[default]\nuse_fips_endpoint = True\nuse_dualstack_endpoint = true",
  },
  {
    name: "client: the environment's no wins",
    env: { AWS_USE_FIPS_ENDPOINT: "false", AWS_USE_DUALSTACK_ENDPOINT: "False" },
    config: "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true",
  },
  {
    name: "client: what is no boolean in the profile is none",
    config: "[default]\nuse_fips_endpoint = yes\nuse_dualstack_endpoint = 1",
  },
  { name: "client: what is no boolean in the environment", env: { AWS_USE_FIPS_ENDPOINT: "yes" } },
  {
    name: "client: retries of the environment",
    env: { AWS_RETRY_MODE: "adaptive", AWS_MAX_ATTEMPTS: "7" },
    config: "[default]\nretry_mode = standard\nmax_attempts = 2",
  },
  {
    name: "client: retries of the profile",
    config: "[default]\nretry_mode = adaptive\nmax_attempts = 2",
  },
  { name: "client: no attempts stand for the default", env: { AWS_MAX_ATTEMPTS: "0" } },
  { name: "client: attempts that are no number", env: { AWS_MAX_ATTEMPTS: "3x" } },
  { name: "client: a mode that is none", config: "[default]\nretry_mode = legacy" },
];
