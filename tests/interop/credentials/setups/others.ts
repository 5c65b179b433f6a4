import { keys, METADATA, ROLE, type Setup, STS } from "./common.ts";

/** What a program prints. */
const json = (fields: object) => JSON.stringify({ Version: 1, ...fields });

/** Programs, SSO, containers and instances. */
export const OTHERS: Setup[] = [
  {
    name: "credential_process",
    config: "[default]\ncredential_process = cat $HOME/output\n",
    files: {
      output: json({ AccessKeyId: "proc-id", SecretAccessKey: "proc-s", SessionToken: "proc-t" }),
    },
  },
  {
    name: "credential_process of another version",
    config: "[default]\ncredential_process = cat $HOME/output\n",
    files: { output: json({ Version: 2, AccessKeyId: "i", SecretAccessKey: "s" }) },
  },
  { name: "credential_process that fails", config: "[default]\ncredential_process = exit 3\n" },
  {
    name: "keys win over credential_process",
    config: keys("default") + "credential_process = exit 3\n",
  },
  {
    name: "a role from credential_process of another profile",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nsource_profile = p\n` +
      "[profile p]\ncredential_process = cat $HOME/output\n",
    files: { output: json({ AccessKeyId: "proc-id", SecretAccessKey: "proc-s" }) },
  },
  {
    name: "SSO with a session",
    env: { AWS_ENDPOINT_URL_SSO: "$SERVER" },
    config: "[default]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = dev\n" +
      "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n",
    files: { "$SSO(corp)": '{"accessToken":"sso-token","expiresAt":"2100-01-01T00:00:00Z"}' },
  },
  {
    name: "SSO without a session",
    env: { AWS_ENDPOINT_URL_SSO: "$SERVER" },
    config: "[default]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n" +
      "sso_account_id = 1\nsso_role_name = dev\n",
    files: {
      "$SSO(https://corp.example/start)":
        '{"accessToken":"sso-token","expiresAt":"2100-01-01T00:00:00Z"}',
    },
  },
  {
    name: "SSO whose token has expired",
    env: { AWS_ENDPOINT_URL_SSO: "$SERVER" },
    config: "[default]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n" +
      "sso_account_id = 1\nsso_role_name = dev\n",
    files: {
      "$SSO(https://corp.example/start)":
        '{"accessToken":"sso-token","expiresAt":"2001-01-01T00:00:00Z"}',
    },
  },
  {
    name: "SSO whose session is not there",
    config: "[default]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = dev\n",
  },
  { name: "SSO of which half is missing", config: "[default]\nsso_role_name = dev\n" },
  {
    name: "keys win over SSO",
    config: keys("default") + "sso_role_name = dev\n",
  },
  {
    name: "a container with a token",
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "$SERVER/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic token",
    },
  },
  {
    name: "a container whose token is in a file",
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "$SERVER/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "wrong",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "$HOME/token",
    },
    files: { token: "from-file" },
  },
  {
    name: "a container whose token has a line break",
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "$SERVER/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "$HOME/token",
    },
    files: { token: "from-file\n" },
  },
  {
    name: "a container far away, by http",
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://192.0.2.1/container" },
  },
  {
    name: "a profile wins over the container",
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "$SERVER/container" },
    credentials: keys("default"),
  },
  {
    name: "the container wins over the instance",
    env: { ...METADATA, AWS_CONTAINER_CREDENTIALS_FULL_URI: "$SERVER/container" },
  },
  { name: "the instance", env: METADATA },
  {
    name: "the instance, by the profile's word",
    env: { AWS_EC2_METADATA_DISABLED: "" },
    config: "[default]\nec2_metadata_service_endpoint = $SERVER\n",
  },
];
