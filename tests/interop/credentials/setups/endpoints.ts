import { keys, type Setup } from "./common.ts";

/** Endpoints of S3. */
export const ENDPOINTS: Setup[] = [
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
