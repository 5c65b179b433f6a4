import { keys, type Setup } from "./common.ts";

/** The dialect of the files. */
export const DIALECT: Setup[] = [
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
