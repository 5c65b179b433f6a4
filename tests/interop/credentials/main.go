// Prints what the AWS SDK for Go, in the version that BuildKit uses, makes of environments and
// files: the region, the endpoint of S3 and the credentials.
//
// It reads a JSON array of set-ups on its standard input and writes one of results, in the same
// order, to its standard output.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

type setup struct {
	Env map[string]string `json:"env"`
}

type result struct {
	Region          string `json:"region,omitempty"`
	Endpoint        string `json:"endpoint,omitempty"`
	FIPS            bool   `json:"fips,omitempty"`
	DualStack       bool   `json:"dualstack,omitempty"`
	RetryMode       string `json:"retryMode,omitempty"`
	MaxAttempts     int    `json:"maxAttempts,omitempty"`
	AccessKeyID     string `json:"accessKeyId,omitempty"`
	SecretAccessKey string `json:"secretAccessKey,omitempty"`
	SessionToken    string `json:"sessionToken,omitempty"`
	// Why the configuration, or else the credentials, could not be had.
	LoadError        string `json:"loadError,omitempty"`
	CredentialsError string `json:"credentialsError,omitempty"`
}

func main() {
	var setups []setup
	if err := json.NewDecoder(os.Stdin).Decode(&setups); err != nil {
		log.Fatal(err)
	}
	results := make([]result, len(setups))
	for i, s := range setups {
		results[i] = resolve(s)
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}

func resolve(s setup) (r result) {
	os.Clearenv()
	for name, value := range s.Env {
		os.Setenv(name, value)
	}
	// The SDK has found these when the program started, in another environment.
	config.DefaultSharedConfigFiles = []string{config.DefaultSharedConfigFilename()}
	config.DefaultSharedCredentialsFiles = []string{config.DefaultSharedCredentialsFilename()}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		r.LoadError = err.Error()
		return r
	}
	r.Region = cfg.Region
	options := s3.NewFromConfig(cfg).Options()
	if options.BaseEndpoint != nil {
		r.Endpoint = *options.BaseEndpoint
	}
	r.FIPS = options.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled
	r.DualStack = options.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled
	r.RetryMode = string(cfg.RetryMode)
	r.MaxAttempts = cfg.RetryMaxAttempts
	credentials, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		r.CredentialsError = err.Error()
		return r
	}
	r.AccessKeyID = credentials.AccessKeyID
	r.SecretAccessKey = credentials.SecretAccessKey
	r.SessionToken = credentials.SessionToken
	return r
}
