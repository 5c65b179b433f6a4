/** What the set-ups have in common. */

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

/** A key pair of the environment. */
export const KEYS = { AWS_ACCESS_KEY_ID: "env-id", AWS_SECRET_ACCESS_KEY: "env-secret" };
/** STS is the test's own server. */
export const STS = { AWS_ENDPOINT_URL_STS: "$SERVER/", AWS_REGION: "eu-west-1" };
/** A role. */
export const ROLE = "arn:aws:iam::123456789012:role/cache";
/** The metadata service is the test's own server. */
export const METADATA = {
  AWS_EC2_METADATA_DISABLED: "false",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: "$SERVER",
};

/** A profile with keys that tell where they are from. */
export function keys(name: string, header = `[${name}]`): string {
  return `${header}\naws_access_key_id = ${name}-id\naws_secret_access_key = ${name}-secret\n`;
}
