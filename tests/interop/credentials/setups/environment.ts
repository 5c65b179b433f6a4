import { KEYS, keys, type Setup } from "./common.ts";

/** Keys and regions of the environment. */
export const ENVIRONMENT: Setup[] = [
  { name: "nothing at all" },
  { name: "keys", env: KEYS },
  { name: "keys with a session token", env: { ...KEYS, AWS_SESSION_TOKEN: "env-token" } },
  {
    name: "the older names of the keys",
    env: { AWS_ACCESS_KEY: "old-id", AWS_SECRET_KEY: "old-secret" },
  },
  { name: "half a key pair", env: { AWS_ACCESS_KEY_ID: "id" } },
  { name: "an empty secret key", env: { ...KEYS, AWS_SECRET_ACCESS_KEY: "" } },
  {
    name: "half a key pair beside a profile",
    env: { AWS_ACCESS_KEY_ID: "id" },
    credentials: keys("default"),
  },
  { name: "keys win over the default profile", env: KEYS, credentials: keys("default") },
  {
    name: "keys win over the profile of $AWS_PROFILE, whose region counts",
    env: { ...KEYS, AWS_PROFILE: "ci" },
    config: keys("ci", "[profile ci]") + "region = eu-north-1",
  },
  {
    name: "keys do not help where the profile is not there",
    env: { ...KEYS, AWS_PROFILE: "gone" },
  },
  {
    name: "keys do not help where the profile is broken",
    env: KEYS,
    config: "[default]\nsource_profile = other\n",
  },
  { name: "region: AWS_REGION", env: { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-east-2" } },
  { name: "region: AWS_DEFAULT_REGION", env: { AWS_DEFAULT_REGION: "us-east-2" } },
  {
    name: "region: the environment wins over the profile",
    env: { AWS_DEFAULT_REGION: "us-east-2" },
    config: "[default]\nregion = eu-west-3",
  },
  {
    name: "region: an empty variable is none",
    env: { AWS_REGION: "" },
    config: "[default]\nregion = eu-west-3",
  },
];
