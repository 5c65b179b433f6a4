module s3cache.test/go_vectors

go 1.24

require github.com/tonistiigi/go-csvvalue v0.0.0-20240814133006-030d3b2625d0
