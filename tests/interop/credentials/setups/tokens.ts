import { KEYS, keys, ROLE, type Setup, STS } from "./common.ts";

/** Web identities. */
export const TOKENS: Setup[] = [
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
