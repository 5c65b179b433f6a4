import { keys, METADATA, ROLE, type Setup, STS } from "./common.ts";

/** Roles that are assumed. */
export const ROLES: Setup[] = [
  {
    name: "a role from the keys of another profile",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = base\nexternal_id = x&y\n` +
      "role_session_name = session\nduration_seconds = 3600\n",
    credentials: keys("base"),
  },
  {
    name: "a short duration counts as none",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = base\nduration_seconds = 60\n`,
    credentials: keys("base"),
  },
  {
    name: "a role from the profile's own keys",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = default\n`,
    credentials: keys("default"),
  },
  {
    name: "a role with keys and no source",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\n`,
    credentials: keys("default"),
  },
  {
    name: "a chain of roles, in the region of the first profile",
    env: { AWS_ENDPOINT_URL_STS: "$SERVER", AWS_PROFILE: "a" },
    config: `[profile a]\nrole_arn = ${ROLE}-a\nsource_profile = b\nregion = eu-west-1\n` +
      `[profile b]\nrole_arn = ${ROLE}-b\nsource_profile = c\nregion = us-west-2\n` +
      keys("c", "[profile c]"),
  },
  {
    name: "a source profile that is not there",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = gone\n`,
  },
  {
    name: "a source profile without credentials",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = base\n[profile base]\nregion = x\n`,
  },
  {
    name: "profiles that are each other's source",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = b\n` +
      `[profile b]\nrole_arn = ${ROLE}-b\nsource_profile = default\n`,
  },
  {
    name: "two sources at once",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = b\ncredential_process = true\n`,
    credentials: keys("b"),
  },
  {
    name: "a role that wants MFA",
    env: STS,
    config:
      `[default]\nrole_arn = ${ROLE}\nsource_profile = b\nmfa_serial = arn:aws:iam::1:mfa/me\n`,
    credentials: keys("b"),
  },
  {
    name: "no region for a role",
    env: { AWS_ENDPOINT_URL_STS: "" },
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = b\n`,
    credentials: keys("b"),
  },
  {
    name: "the endpoint of STS in the services section",
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = b\nregion = us-gov-west-1\n` +
      "services = s\n[services s]\nsts =\n  endpoint_url = $SERVER\n",
    credentials: keys("b"),
  },
  {
    name: "a role that STS refuses",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}-refused\nsource_profile = b\n`,
    credentials: keys("b"),
  },
  {
    name: "credential_source = Environment, in another profile than the keys",
    env: { ...STS, AWS_PROFILE: "p" },
    config: `[profile p]\nrole_arn = ${ROLE}\ncredential_source = Environment\n`,
  },
  {
    name: "credential_source of nobody's",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\ncredential_source = Moon\n`,
  },
  {
    name: "credential_source without a role",
    env: STS,
    config: "[default]\ncredential_source = Environment\n",
  },
  {
    name: "credential_source = EcsContainer",
    env: { ...STS, AWS_CONTAINER_CREDENTIALS_FULL_URI: "$SERVER/container" },
    config: `[default]\nrole_arn = ${ROLE}\ncredential_source = EcsContainer\n`,
  },
  {
    name: "credential_source = EcsContainer, outside of a container",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\ncredential_source = EcsContainer\n`,
  },
  {
    name: "credential_source = Ec2InstanceMetadata",
    env: { ...STS, ...METADATA },
    config: `[default]\nrole_arn = ${ROLE}\ncredential_source = Ec2InstanceMetadata\n`,
  },
  {
    name: "a role without a source: that of the machine",
    env: { ...STS, ...METADATA },
    config: `[default]\nrole_arn = ${ROLE}\n`,
  },
];
