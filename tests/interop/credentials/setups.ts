/** Environments and files for which the AWS SDK for Go and we must come to the same conclusion. */

/** One of them. `$HOME` and `$SERVER` stand for a directory and a server of the test. */
export interface Setup {
  name: string;
  /** On top of `HOME`, and of a metadata service that is switched off. */
  env?: Record<string, string>;
  /** `~/.aws/config`. */
  config?: string;
  /** `~/.aws/credentials`. */
  credentials?: string;
  /** Other files, by their paths in the home directory. */
  files?: Record<string, string>;
}

const KEYS = { AWS_ACCESS_KEY_ID: "env-id", AWS_SECRET_ACCESS_KEY: "env-secret" };
const STS = { AWS_ENDPOINT_URL_STS: "$SERVER/", AWS_REGION: "eu-west-1" };
const ROLE = "arn:aws:iam::123456789012:role/cache";
const METADATA = {
  AWS_EC2_METADATA_DISABLED: "false",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: "$SERVER",
};

/** A profile with keys that tell where they are from. */
function keys(name: string, header = `[${name}]`): string {
  return `${header}\naws_access_key_id = ${name}-id\naws_secret_access_key = ${name}-secret\n`;
}

const environment: Setup[] = [
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

const endpoints: Setup[] = [
  { name: "endpoint: AWS_ENDPOINT_URL", env: { AWS_ENDPOINT_URL: "http://general:9000" } },
  {
    name: "endpoint: AWS_ENDPOINT_URL_S3 wins",
    env: { AWS_ENDPOINT_URL: "http://general:9000", AWS_ENDPOINT_URL_S3: "http://s3:9000" },
  },
  { name: "endpoint: of the profile", config: "[default]\nendpoint_url = http://profile:9000" },
  {
    name: "endpoint: the environment wins over the profile",
    env: { AWS_ENDPOINT_URL: "http://general:9000" },
    config: "[default]\nendpoint_url = http://profile:9000",
  },
  {
    name: "endpoint: the services section wins over endpoint_url",
    config: "[default]\nservices = local\nendpoint_url = http://profile:9000\n\n" +
      "[services local]\ns3 =\n  endpoint_url = http://service:9000\n" +
      "sts =\n  endpoint_url = http://sts:9000\n",
  },
  {
    name: "endpoint: AWS_ENDPOINT_URL silences the services section",
    env: { AWS_ENDPOINT_URL: "http://general:9000" },
    config:
      "[default]\nservices = local\n[services local]\ns3 =\n endpoint_url = http://service:1\n",
  },
  {
    name: "endpoint: an empty AWS_ENDPOINT_URL silences it too",
    env: { AWS_ENDPOINT_URL: "" },
    config: "[default]\nservices = local\nendpoint_url = http://profile:9000\n" +
      "[services local]\ns3 =\n endpoint_url = http://service:1\n",
  },
  {
    name: "endpoint: AWS_ENDPOINT_URL_S3 wins over the services section",
    env: { AWS_ENDPOINT_URL_S3: "http://s3:9000" },
    config:
      "[default]\nservices = local\n[services local]\ns3 =\n endpoint_url = http://service:1\n",
  },
  {
    name: "endpoint: a services section that is not there",
    config: "[default]\nservices = gone\nendpoint_url = http://profile:9000\n",
  },
  {
    name: "endpoint: ignored by the environment",
    env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE", AWS_ENDPOINT_URL_S3: "http://s3:9000" },
    config: "[default]\nendpoint_url = http://profile:9000",
  },
  {
    name: "endpoint: ignored by the profile",
    env: { AWS_ENDPOINT_URL: "http://general:9000" },
    config: "[default]\nignore_configured_endpoint_urls = true",
  },
  {
    name: "endpoint: the environment's word on ignoring wins",
    env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false", AWS_ENDPOINT_URL: "http://general:9000" },
    config: "[default]\nignore_configured_endpoint_urls = true",
  },
  {
    name: "endpoint: that of the credentials file does not count beside a profile in the other",
    config: "[default]\nregion = eu-west-1",
    credentials: keys("default") + "endpoint_url = http://credentials:9000\nregion = us-west-2\n",
  },
  {
    name: "endpoint: that of the credentials file counts alone",
    credentials: keys("default") + "endpoint_url = http://credentials:9000\n",
  },
];

const files: Setup[] = [
  { name: "default profile of the config file", config: keys("default") },
  { name: "default profile of the credentials file", credentials: keys("default") },
  {
    name: "[profile default] wins over [default]",
    config: keys("plain", "[default]") + keys("prefixed", "[profile default]"),
  },
  {
    name: "the key pair of the credentials file wins; a token of the other one stays",
    config: keys("config", "[default]") + "aws_session_token = config-token\n",
    credentials: keys("credentials", "[default]"),
  },
  { name: "AWS_PROFILE", env: { AWS_PROFILE: "ci" }, credentials: keys("default") + keys("ci") },
  {
    name: "AWS_DEFAULT_PROFILE",
    env: { AWS_DEFAULT_PROFILE: "ci" },
    credentials: keys("default") + keys("ci"),
  },
  {
    name: "AWS_PROFILE wins over AWS_DEFAULT_PROFILE",
    env: { AWS_PROFILE: "ci", AWS_DEFAULT_PROFILE: "default" },
    credentials: keys("default") + keys("ci"),
  },
  { name: "AWS_PROFILE that is not there", env: { AWS_PROFILE: "gone" }, credentials: keys("ci") },
  {
    name: "AWS_DEFAULT_PROFILE that is not there",
    env: { AWS_DEFAULT_PROFILE: "gone" },
    credentials: keys("default"),
  },
  {
    name: "a profile without its prefix in the config file is none",
    env: { AWS_PROFILE: "ci" },
    config: keys("ci"),
  },
  {
    name: "a profile with the prefix in the credentials file is none",
    env: { AWS_PROFILE: "ci" },
    credentials: keys("ci", "[profile ci]"),
  },
  {
    name: "files in other places",
    env: {
      AWS_CONFIG_FILE: "$HOME/elsewhere/config",
      AWS_SHARED_CREDENTIALS_FILE: "$HOME/elsewhere/keys",
    },
    credentials: keys("wrong", "[default]"),
    files: {
      "elsewhere/config": "[default]\nregion = sa-east-1",
      "elsewhere/keys": keys("default"),
    },
  },
  {
    name: "a config file that is not there",
    env: { AWS_CONFIG_FILE: "$HOME/gone" },
    config: "[default]\nregion = sa-east-1",
    credentials: keys("default"),
  },
  { name: "half a key pair in a profile", credentials: "[default]\naws_access_key_id = id\n" },
  {
    name: "half a key pair in the other file",
    config: "[default]\naws_secret_access_key = secret\n",
    credentials: keys("default"),
  },
  {
    name: "half a key pair that nobody asks for",
    config: "[profile other]\naws_access_key_id = id\n",
    credentials: keys("default"),
  },
  {
    name: "an empty key",
    credentials: "[default]\naws_access_key_id =\naws_secret_access_key = s\n",
  },
];

const dialect: Setup[] = [
  {
    name: "comments, white space, quotes and colons",
    config: "# first\n; second\n  # third\n[ default ] # fourth\n" +
      'AWS_Access_Key_Id:id ; fifth\naws_secret_access_key = "se#cr;et" # sixth\n' +
      "region='eu-west-1'\t;seventh\n",
  },
  {
    name: "a hash that is part of the value",
    credentials: "[default]\naws_access_key_id = id\naws_secret_access_key = a#b;c=d:e\n",
  },
  {
    name: "Windows line ends",
    credentials: keys("default").replaceAll("\n", "\r\n"),
    config: "[default]\r\nregion = eu-west-1 ; why\r\n",
  },
  {
    name: "a section that stands twice, a property that stands twice",
    credentials: keys("first", "[default]") + keys("other") + keys("second", "[default]"),
  },
  {
    name: "indented properties without a parent",
    credentials:
      "[default]\n  aws_access_key_id = id # comment\n  aws_secret_access_key = secret\n",
  },
  {
    name: "an indented line continues the one above",
    credentials: "[default]\naws_access_key_id = id\naws_secret_access_key = one\n  two\n",
  },
  {
    name: "nested properties hide the outer ones of their names",
    config: "[default]\ns3 =\n  region = us-west-1\n  endpoint_url = http://nested:1 # comment\n" +
      "region = eu-west-1\n",
  },
  {
    name: "a nested property with a comment keeps it",
    config: "[default]\nservices = x\n[services x]\ns3 = \n  endpoint_url = http://nested:1 # c\n",
  },
  {
    name: "properties in front of all sections, and in a nameless one",
    credentials: "aws_access_key_id = no\n[]\naws_secret_access_key = no\n" + keys("default"),
  },
  {
    name: "lines that make no sense",
    credentials: "[default\nnonsense\n[default]\nnonsense\n= x\n" + keys("default").slice(10),
  },
  {
    name: "tabs and several spaces in a profile's header",
    env: { AWS_PROFILE: "my ci" },
    config: keys("ci", "[\tprofile \t my ci ]"),
  },
  { name: "[DEFAULT] in capitals is another profile", credentials: keys("default", "[DEFAULT]") },
  {
    name: "an assignment of nothing in between",
    config: "[default]\nregion =\n\n[profile x]\nregion = us-east-1\n",
  },
];

const roles: Setup[] = [
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

const tokens: Setup[] = [
  {
    name: "web identity of the environment",
    env: {
      ...STS,
      AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token",
      AWS_ROLE_ARN: ROLE,
      AWS_ROLE_SESSION_NAME: "session",
    },
    files: { token: "a.b.c\n" },
    credentials: keys("default"),
  },
  {
    name: "keys win over web identity",
    env: { ...KEYS, ...STS, AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token", AWS_ROLE_ARN: ROLE },
    files: { token: "a.b.c" },
  },
  {
    name: "web identity without a role",
    env: { ...STS, AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token" },
    files: { token: "a.b.c" },
    credentials: keys("default"),
  },
  {
    name: "web identity without its file",
    env: { ...STS, AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token", AWS_ROLE_ARN: ROLE },
    credentials: keys("default"),
  },
  {
    name: "a role without web identity is nothing",
    env: { ...STS, AWS_ROLE_ARN: ROLE },
    credentials: keys("default"),
  },
  {
    name: "web identity of a profile",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}\nweb_identity_token_file = $HOME/token\n` +
      "role_session_name = session\n",
    files: { token: "a.b.c" },
  },
  {
    name: "a role on top of a profile with web identity",
    env: STS,
    config: `[default]\nrole_arn = ${ROLE}-2\nsource_profile = web\n` +
      `[profile web]\nrole_arn = ${ROLE}\nweb_identity_token_file = $HOME/token\n` +
      "role_session_name = session\n",
    files: { token: "a.b.c" },
  },
  {
    name: "web identity of a profile without a role",
    env: STS,
    config: "[default]\nweb_identity_token_file = $HOME/token\n",
    files: { token: "a.b.c" },
  },
];

const json = (fields: object) => JSON.stringify({ Version: 1, ...fields });

const others: Setup[] = [
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

/** All of them. */
export const SETUPS: Setup[] = [
  ...environment,
  ...endpoints,
  ...files,
  ...dialect,
  ...roles,
  ...tokens,
  ...others,
];
