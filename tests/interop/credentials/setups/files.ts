import { keys, type Setup } from "./common.ts";

/** Profiles and their files. */
export const FILES: Setup[] = [
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
